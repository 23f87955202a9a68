using System.Diagnostics.CodeAnalysis;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Finds an encoder by name: a folder as given, then one of the encoders' folder, then one beside the features, where built-in ones are made that
/// are missing.
/// </summary>
public sealed class EncoderResolution
{
    private readonly ExtractionSettings _settings;
    private readonly string _own;
    private readonly IReadOnlyList<ModalitySpecification> _made;
    private readonly FittedEncoders _fitted;
    private readonly WorkContext _context;
    private readonly IStorage? _storage;

    /// <summary>For a store.</summary>
    /// <param name="settings">Where encoders are looked for.</param>
    /// <param name="storeFolder">The store's folder.</param>
    /// <param name="made">What the store has that encoders made.</param>
    /// <param name="scan">The catalogue, which encoders are fitted on.</param>
    /// <param name="context">Takes notes, shows progress.</param>
    /// <param name="storage">Where encoders that are made go; null for the file system.</param>
    public EncoderResolution(ExtractionSettings settings, string storeFolder, IReadOnlyList<ModalitySpecification> made, CatalogueScan scan, WorkContext context, IStorage? storage = null)
    {
        (_settings, _made, _context, _storage) = (settings, made, context, storage);
        _own = Path.Combine(storeFolder, StoreLayout.EncodersFolder);
        _fitted = new FittedEncoders(scan, settings.TextFields, context.Progress, note => context.Log.Information("{Note:l}", note)) { Made = made, Storage = storage };
    }

    /// <summary>Modalities of a kind that the store has.</summary>
    public IReadOnlyList<ModalitySpecification> Made(EncoderModality kind)
    {
        string word = kind.ToString().ToLowerInvariant();
        return [.. _made.Where(modality => modality.Name == word || modality.Name.StartsWith(word + "_", StringComparison.Ordinal))];
    }

    /// <summary>Whether the encoder of a modality that the store has is there or can be made.</summary>
    public bool IsAtHand(ModalitySpecification made, EncoderModality kind) => Existing(made.EncoderName)?.Config.Modality == kind || BuiltInNames.ModalityOf(made.EncoderName) == kind;

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

    /// <summary>Fits an encoder on the catalogue as it is, under a name that none has; the newest one, where that was fitted on just this state.</summary>
    /// <param name="kind">One of <see cref="FittedEncoders.Names"/>.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>Null where the first one is yet to be fitted, or was fitted on just this state.</returns>
    public EncoderFolder? Refit(string kind, CancellationToken cancellation)
    {
        int newest = 0;
        while (Directory.Exists(Path.Combine(_own, FittedEncoders.NameOf(kind, newest + 1))))
            newest++;
        if (newest == 0 || (newest == 1 && _fitted.IsOfThisState(Path.Combine(_own, kind))))
            return null;
        string name = FittedEncoders.NameOf(kind, newest);
        if (newest == 1 || !_fitted.IsOfThisState(Path.Combine(_own, name)))
            name = FittedEncoders.NameOf(kind, newest + 1);
        return _fitted.Open(name, Path.Combine(_own, name), cancellation);
    }

    private static void RequireModality(EncoderModality found, string name, string where, EncoderModality expected)
    {
        string word = found.ToString().ToLowerInvariant();
        if (found != expected)
            throw new UserErrorException($"encoder '{name}' ({where}) is a {word} encoder, but one of {expected.ToString().ToLowerInvariant()} was expected; name it by --{word}.");
    }

    /// <summary>An encoder that is there: by the name of its folder, or, where the store has features from it, by its own name.</summary>
    private EncoderFolder? Existing(string name)
    {
        bool isMadeHere = BuiltInNames.ModalityOf(name) is not null;
        string[] folders = isMadeHere ? [Path.Combine(_settings.Encoders, name), name] : [Path.Combine(_settings.Encoders, name), name, Path.Combine(_own, name)];
        if (folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, EncoderFolder.ConfigFile))) is { } found)
            return EncoderFolder.Open(found);
        return isMadeHere || _made.All(modality => modality.EncoderName != name) ? null : FoldersOf(_settings.Encoders).Concat(FoldersOf(_own)).Select(EncoderFolder.OpenIfReadable).FirstOrDefault(encoder => encoder?.Config.Name == name);
    }

    private static IEnumerable<string> FoldersOf(string folder) => Directory.Exists(folder) ? Directory.GetDirectories(folder).Order(StringComparer.Ordinal) : [];

    private EncoderFolder Find(string name, CancellationToken cancellation)
    {
        if (Existing(name) is { } existing)
            return existing;
        string own = Path.Combine(_own, name);
        if (FittedEncoders.Names.Contains(name))
            return _fitted.Open(name, own, cancellation);
        if (BuiltInEncoders.Names.Contains(name))
            return OpenOwn(name, own, _context) ?? BuiltInEncoders.Create(name, own, _storage);
        RefuseUnknown(name);
        return null;
    }

    [DoesNotReturn]
    private void RefuseUnknown(string name)
    {
        if (PretrainedEncoders.Names.Contains(name))
            throw new UserErrorException($"encoder '{name}' is not in '{_settings.Encoders}' yet; get it by 'unim2rec-extract encoders get {name} --encoders {_settings.Encoders}'.");
        string[] known = Known().ToArray();
        string? near = NearestName.Find(name, known);
        throw new UserErrorException($"there is no encoder '{name}' in '{_settings.Encoders}'; known are {string.Join(", ", known)}{(near is null ? "" : $" (did you mean '{near}'?)")}.");
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
        return FoldersOf(_settings.Encoders).Where(f => File.Exists(Path.Combine(f, EncoderFolder.ConfigFile))).Select(f => Path.GetFileName(f)!)
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
