using System.Text;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Encoders that are fitted on the catalogue's texts. A fit serves all of them, and is frozen once features were made with it: items that come later are
/// encoded with it, so that what was trained on its vectors goes on working. It is fitted anew for another folder of features, or under another name.
/// </summary>
public sealed class FittedEncoders(CatalogueScan scan, string[] textFields, IProgressSink progress, Action<string>? note = null)
{
    private const string FittedOn = "fitted.json";
    private FittedTerms? _terms;

    /// <summary>Where files go; null for the file system.</summary>
    public IStorage? Storage { get; init; }

    /// <summary>Names of the encoders.</summary>
    public static IReadOnlyList<string> Names { get; } = [BuiltInNames.FittedText, BuiltInNames.FittedCross];

    /// <summary>What the store has that encoders made.</summary>
    internal IReadOnlyList<ModalitySpecification> Made { get; init; } = [];

    /// <summary>The name of an encoder that was fitted anew, such as text-svd-2; the first one's is its kind.</summary>
    internal static string NameOf(string kind, int number) => number == 1 ? kind : FormattableString.Invariant($"{kind}-{number}");

    /// <summary>The kind of a fitted encoder; null where the name is no such one's.</summary>
    internal static string? KindOf(string name) =>
        Names.FirstOrDefault(kind => name == kind || (name.StartsWith(kind + "-", StringComparison.Ordinal) && name[(kind.Length + 1)..].All(char.IsAsciiDigit)));

    /// <summary>Whether an encoder was fitted on just this state of the catalogue, and on these fields.</summary>
    internal bool IsOfThisState(string folder) =>
        ReadRecord(Path.Combine(folder, FittedOn)) is { } kept && kept.Dataset == scan.Fingerprint && kept.TextFields.SequenceEqual(textFields) && EncoderFolder.OpenIfReadable(folder) is not null;

    /// <summary>Opens an encoder; it is fitted where it is missing and nothing was made with it yet.</summary>
    /// <exception cref="UserErrorException">The catalogue has too little text; or features were made with it, and it is lost or was fitted on other fields.</exception>
    public EncoderFolder Open(string name, string folder, CancellationToken cancellation)
    {
        string record = Path.Combine(folder, FittedOn);
        var wanted = new FittingRecord { Dataset = scan.Fingerprint, TextFields = textFields };
        var (kept, encoderThere) = (ReadRecord(record), EncoderFolder.OpenIfReadable(folder));
        var features = Made.FirstOrDefault(modality => modality.EncoderName == name);
        if (encoderThere is not null && kept is not null)
        {
            if (kept.TextFields.SequenceEqual(wanted.TextFields))
                return encoderThere;
            if (features is not null)
            {
                throw new UserErrorException(
                    $"{name} in {folder} was fitted on the fields {string.Join(", ", kept.TextFields)}, and the store's features were made with it, but this run has the fields {string.Join(", ", textFields)}; " +
                    $"give --set textFields={string.Join(',', kept.TextFields)}, or write into another --out.");
            }
        }

        if (File.Exists(record) && (encoderThere is null || kept is null))
            note?.Invoke($"{name} in {folder} can't be read, and is fitted again");
        if (features is not null && (encoderThere is null || kept is null))
            RequireSame(name, folder, features, encoderThere, cancellation);

        Directory.CreateDirectory(folder);
        foreach (string old in AtomicFile.Leftovers(folder, [FittedOn]).Append(record))
            AtomicFile.Delete(old, Storage);
        var encoder = Write(name, folder, cancellation, Storage);
        AtomicFile.WriteText(record, JsonConfig.Serialize(wanted), Storage);
        return encoder;
    }

    /// <summary>Refuses to fit an encoder again that features were made with, unless the same comes of it.</summary>
    private void RequireSame(string name, string folder, ModalitySpecification features, EncoderFolder? there, CancellationToken cancellation)
    {
        if (there is not null && FeatureFingerprint.Of(there, new ItemText(textFields), cancellation) == features.EncoderFingerprint)
            return;
        string trial = Path.Combine(Path.GetTempPath(), "unim2rec-" + Path.GetRandomFileName());
        try
        {
            if (FeatureFingerprint.Of(Write(name, trial, cancellation), new ItemText(textFields), cancellation) == features.EncoderFingerprint)
                return;
        }
        finally
        {
            if (Directory.Exists(trial))
                Directory.Delete(trial, recursive: true);
        }

        throw new UserErrorException(
            $"{name} in {folder} is lost or can't be read, and what would be fitted now is another encoder than the one that the store's features were made with and that trained runs know; bring that folder back, or write into another --out, which fits one anew.");
    }

    private EncoderFolder Write(string name, string folder, CancellationToken cancellation, IStorage? storage = null)
    {
        Directory.CreateDirectory(folder);
        _terms ??= TextSvdFitter.Fit(Texts(cancellation), new TextSvdOptions(), progress, cancellation);
        return KindOf(name) == BuiltInNames.FittedCross ? _terms.WriteCrossEncoder(folder, name, cancellation, storage) : _terms.WriteTextEncoder(folder, name, cancellation, storage);
    }

    /// <summary>What the encoder was fitted on; null where that is not there or can't be read.</summary>
    private static FittingRecord? ReadRecord(string path)
    {
        try
        {
            return File.Exists(path) ? JsonConfig.LoadKept<FittingRecord>(path) : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private IEnumerable<string> Texts(CancellationToken cancellation)
    {
        var items = scan.Spool!.Read();
        while (items.Next())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!items.Text.IsEmpty)
                yield return Encoding.UTF8.GetString(items.Text);
        }
    }
}

/// <summary>What a fitted encoder was fitted on.</summary>
internal sealed record FittingRecord
{
    /// <summary>Fingerprint of the catalogue.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Fields that made the texts.</summary>
    public string[] TextFields { get; init; } = [];
}
