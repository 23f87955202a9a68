using System.Globalization;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// A file of weights that was found whole: its checksum, which is over every byte, was computed when it was opened. Files from before there were
/// checksums are read too, and known by the notes that they had.
/// </summary>
public sealed class CheckpointFile : IDisposable
{
    /// <summary>The form of weights to use.</summary>
    public const string Weights = "unim2rec-weights";

    /// <summary>The form of all that a run needs to go on.</summary>
    public const string Run = "unim2rec-run";

    private const string FormatKey = "format", VersionKey = "version";
    private const int Version = 1;
    private static readonly string[] OlderKeys = ["modalities", "encoders", "epoch", "step", "totalSteps", "bestEpoch", "bestFigure"];
    private readonly SafeTensorsFile _file;

    private CheckpointFile(SafeTensorsFile file, bool isOlder) => (_file, IsOlder) = (file, isOlder);

    /// <summary>Where it is.</summary>
    public string Path => _file.Path;

    /// <summary>Whether it is from before checkpoints had a checksum, so that it can't be told whether it is as it was written.</summary>
    public bool IsOlder { get; }

    /// <summary>The tensors.</summary>
    internal SafeTensorsFile Tensors => _file;

    /// <summary>One of the file's notes; null where it has none of that name.</summary>
    public string? this[string key] => _file.Metadata.GetValueOrDefault(key);

    /// <summary>Writes all of <paramref name="tensors"/> with a checksum, or nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="storage">Where files go.</param>
    /// <param name="format">Its form.</param>
    /// <param name="tensors">By name.</param>
    /// <param name="notes">What else is kept.</param>
    public static void Save(string path, IStorage storage, string format, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string> notes)
    {
        using var scope = NewDisposeScope();
        var list = WeightFile.Singles(tensors);
        var metadata = new Dictionary<string, string>(notes) { [FormatKey] = format, [VersionKey] = Version.ToString(CultureInfo.InvariantCulture) };
        AtomicFile.Write(path, stream => SafeTensorsChecksum.Write(stream, metadata, writer => WeightFile.Write(writer, list)), storage);
    }

    /// <summary>Opens a file and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Which form it must have.</param>
    /// <exception cref="UserErrorException">It is missing, damaged, of another form, or of a newer version.</exception>
    public static CheckpointFile Open(string path, string format)
    {
        var file = SafeTensorsFile.Open(path);
        try
        {
            bool isOlder = !file.CheckWhole();
            if (isOlder && file.Metadata.Keys.FirstOrDefault(key => !OlderKeys.Contains(key) && !key.StartsWith("adam.steps.", StringComparison.Ordinal)) is { } unknown)
                throw new UserErrorException($"The weights in {path} have no checksum, but the note '{unknown}', which only weights with a checksum have: the file is damaged or of another kind.");
            if (!isOlder && (file.Metadata.GetValueOrDefault(FormatKey) is var found && found != format))
                throw new UserErrorException($"The file {path} is of the form '{found}', but '{format}' was expected; it belongs elsewhere.");
            if (!isOlder && (!int.TryParse(file.Metadata.GetValueOrDefault(VersionKey), NumberStyles.None, CultureInfo.InvariantCulture, out int version) || version > Version))
                throw new UserErrorException($"The file {path} is of version '{file.Metadata.GetValueOrDefault(VersionKey)}', but this program reads up to version {Version}; use the program that wrote it.");
            return new CheckpointFile(file, isOlder);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
