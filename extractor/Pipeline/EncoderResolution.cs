using System.Diagnostics.CodeAnalysis;
using System.Text;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Finds an encoder by name: a folder as given, then one of the encoders' folder, then a built-in one, which is made beside the features
/// where it is missing.
/// </summary>
public sealed class EncoderResolution(ExtractionSettings settings, string storeFolder, CatalogueScan scan, WorkContext context)
{
    /// <summary>Folder in the store's, of encoders that were made for it.</summary>
    public const string OwnEncoders = "encoders";

    private readonly FittedEncoders _fitted = new(scan, settings.TextFields, context.Progress, note => context.Log.Information("{Note:l}", note));

    /// <summary>Looks whether <see cref="Resolve"/> would find an encoder, and makes none.</summary>
    /// <exception cref="UserErrorException">There is no such encoder, or it is one of another modality.</exception>
    public void Check(string name, EncoderModality modality)
    {
        if (Existing(name) is { } encoder)
            RequireModality(encoder.Config.Modality, name, encoder.Folder, modality);
        else if (BuiltInNames.ModalityOf(name) is { } made)
            RequireModality(made, name, "built in", modality);
        else
            RefuseUnknown(name);
    }

    /// <summary>Finds or makes the encoder of a modality.</summary>
    /// <exception cref="UserErrorException">There is no such encoder, or it is one of another modality.</exception>
    public EncoderFolder Resolve(string name, EncoderModality modality, CancellationToken cancellation)
    {
        var encoder = Find(name, cancellation);
        RequireModality(encoder.Config.Modality, name, encoder.Folder, modality);
        return encoder;
    }

    private static void RequireModality(EncoderModality found, string name, string where, EncoderModality expected)
    {
        string word = found.ToString().ToLowerInvariant();
        if (found != expected)
            throw new UserErrorException($"encoder '{name}' ({where}) is a {word} encoder, but one of {expected.ToString().ToLowerInvariant()} was expected; name it by --{word}.");
    }

    private EncoderFolder? Existing(string name) =>
        new[] { Path.Combine(settings.Encoders, name), name }.FirstOrDefault(folder => File.Exists(Path.Combine(folder, EncoderFolder.ConfigFile))) is { } found
            ? EncoderFolder.Open(found)
            : null;

    private EncoderFolder Find(string name, CancellationToken cancellation)
    {
        if (Existing(name) is { } existing)
            return existing;
        string own = Path.Combine(storeFolder, OwnEncoders, name);
        if (FittedEncoders.Names.Contains(name))
            return _fitted.Open(name, own, cancellation);
        if (BuiltInEncoders.Names.Contains(name))
            return OpenOwn(name, own, context) ?? BuiltInEncoders.Create(name, own);
        RefuseUnknown(name);
        return null;
    }

    [DoesNotReturn]
    private void RefuseUnknown(string name)
    {
        if (PretrainedEncoders.Names.Contains(name))
            throw new UserErrorException($"encoder '{name}' is not in '{settings.Encoders}' yet; get it by 'unim2rec-extract encoders get {name} --encoders {settings.Encoders}'.");
        string[] known = Known().ToArray();
        string? near = NearestName.Find(name, known);
        throw new UserErrorException($"there is no encoder '{name}' in '{settings.Encoders}'; known are {string.Join(", ", known)}{(near is null ? "" : $" (did you mean '{near}'?)")}.");
    }

    /// <summary>An encoder beside the features; null where there is none, or none that can be read, which is made again: it is this program's own.</summary>
    internal static EncoderFolder? OpenOwn(string name, string folder, WorkContext context)
    {
        var encoder = EncoderFolder.OpenIfReadable(folder);
        if (encoder is null && File.Exists(Path.Combine(folder, EncoderFolder.ConfigFile)))
            context.Log.Warning("the encoder {Name:l} in {Folder:l} can't be read, and is made again", name, folder);
        return encoder;
    }

    private IEnumerable<string> Known()
    {
        string[] folders = Directory.Exists(settings.Encoders) ? Directory.GetDirectories(settings.Encoders) : [];
        return folders.Where(f => File.Exists(Path.Combine(f, EncoderFolder.ConfigFile))).Select(f => Path.GetFileName(f)!)
            .Concat(FittedEncoders.Names).Concat(BuiltInEncoders.Names).Concat(PretrainedEncoders.Names).Distinct().Order(StringComparer.Ordinal);
    }
}

/// <summary>Names of the encoders that are made where they are missing.</summary>
public static class BuiltInNames
{
    /// <summary>Words and word pairs, fitted on the catalogue.</summary>
    public const string FittedText = "text-svd";

    /// <summary>The leading directions of the fitted text beside the image statistics.</summary>
    public const string FittedCross = "cross-svd";

    /// <summary>Colour, edge and texture statistics.</summary>
    public const string Image = "image-stats";

    /// <summary>Text and picture fused.</summary>
    public const string Cross = "cross-fusion";

    /// <summary>What an encoder of this name is for; null where none is made under it.</summary>
    public static EncoderModality? ModalityOf(string name) => name switch
    {
        FittedText or BuiltInEncoders.TextHash => EncoderModality.Text,
        Image => EncoderModality.Image,
        FittedCross or Cross => EncoderModality.Cross,
        _ => null,
    };
}

/// <summary>
/// Encoders that are fitted on the catalogue's texts. A fit serves all of them, and is frozen: items that come later are encoded with it, so that
/// what was trained on its vectors goes on working. It is fitted anew for another folder of features, or for other text fields.
/// </summary>
public sealed class FittedEncoders(CatalogueScan scan, string[] textFields, IProgressSink progress, Action<string>? note = null)
{
    private const string FittedOn = "fitted.json";
    private FittedTerms? _terms;

    /// <summary>Names of the encoders.</summary>
    public static IReadOnlyList<string> Names { get; } = [BuiltInNames.FittedText, BuiltInNames.FittedCross];

    /// <summary>Opens an encoder; it is fitted where it is missing or was fitted on other fields.</summary>
    /// <exception cref="UserErrorException">The catalogue has too little text.</exception>
    public EncoderFolder Open(string name, string folder, CancellationToken cancellation)
    {
        string record = Path.Combine(folder, FittedOn);
        var wanted = new FittingRecord { Dataset = scan.Fingerprint, TextFields = textFields };
        var (kept, encoderThere) = (ReadRecord(record), EncoderFolder.OpenIfReadable(folder));
        if (encoderThere is not null && kept is not null && kept.TextFields.SequenceEqual(wanted.TextFields))
        {
            if (kept.Dataset != wanted.Dataset) note?.Invoke($"{name} stays as it was fitted on the catalogue's former state; extract into a new folder to fit it anew");
            return encoderThere;
        }

        if (File.Exists(record) && (encoderThere is null || kept is null))
            note?.Invoke($"{name} in {folder} can't be read, and is fitted again");

        Directory.CreateDirectory(folder);
        File.Delete(record);
        _terms ??= TextSvdFitter.Fit(Texts(cancellation), new TextSvdOptions(), progress, cancellation);
        var encoder = name == BuiltInNames.FittedText
            ? _terms.WriteTextEncoder(folder, name, cancellation)
            : _terms.WriteCrossEncoder(folder, name, cancellation);
        AtomicFile.WriteText(record, JsonConfig.Serialize(wanted));
        return encoder;
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

/// <summary>What a fitted encoder was fitted on; other fields mean that it is fitted again.</summary>
internal sealed record FittingRecord
{
    /// <summary>Fingerprint of the catalogue.</summary>
    public string Dataset { get; init; } = "";

    /// <summary>Fields that made the texts.</summary>
    public string[] TextFields { get; init; } = [];
}

/// <summary>
/// What the features of an encoder are called in the store. A run may have several encoders of one kind, such as a fitted and a pre-trained one for
/// text: the first one's features are <c>text</c>, another's <c>text_</c> and its name, and a model sees them as modalities of their own.
/// </summary>
internal static class ModalityNaming
{
    /// <summary>Encoders that a setting names, in order; empty where it names none.</summary>
    public static string[] Encoders(string setting) => setting.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The name of a modality by the place of its encoder among those of its kind.</summary>
    public static string Of(EncoderFolder encoder, int place) => place == 0 ? encoder.ModalityName : Further(encoder);

    /// <summary>Whether the features may be an encoder's of that kind.</summary>
    public static bool Fits(string modality, EncoderFolder encoder) => modality == encoder.ModalityName || modality == Further(encoder);

    /// <summary>Names in a store are of a-z, 0-9 and _ alone.</summary>
    private static string Further(EncoderFolder encoder) =>
        $"{encoder.ModalityName}_{string.Concat(encoder.Config.Name.ToLowerInvariant().Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '_'))}";
}
