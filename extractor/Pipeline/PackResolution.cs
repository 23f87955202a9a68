using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Packs;
using UniM2Rec.Models.Pretrained;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Finds an encoder by name: a folder as given, then one of the encoders' folder, then a built-in one, which is made beside the features
/// where it is missing.
/// </summary>
public sealed class PackResolution(ExtractionSettings settings, string storeFolder, Dataset dataset, string datasetFingerprint, IProgressSink progress)
{
    /// <summary>Folder in the store's, of encoders that were made for it.</summary>
    public const string OwnEncoders = "encoders";

    private readonly FittedPacks _fitted = new(dataset, datasetFingerprint, settings.TextFields, progress);

    /// <summary>Finds or makes the encoder of a modality.</summary>
    /// <exception cref="UserErrorException">There is no such encoder, or it is one of another modality.</exception>
    public EncoderPack Resolve(string name, EncoderModality modality, CancellationToken cancellation)
    {
        var pack = Find(name, cancellation);
        if (pack.Config.Modality != modality)
            throw new UserErrorException($"encoder '{name}' ({pack.Folder}) is a {pack.ModalityName} encoder, but one of {modality.ToString().ToLowerInvariant()} was expected; name it by --{pack.ModalityName}.");
        return pack;
    }

    private EncoderPack Find(string name, CancellationToken cancellation)
    {
        foreach (var folder in new[] { Path.Combine(settings.Encoders, name), name })
        {
            if (File.Exists(Path.Combine(folder, EncoderPack.ConfigFile)))
                return EncoderPack.Open(folder);
        }

        var own = Path.Combine(storeFolder, OwnEncoders, name);
        if (FittedPacks.Names.Contains(name))
            return _fitted.Open(name, own, cancellation);
        if (BuiltInEncoders.Names.Contains(name))
            return File.Exists(Path.Combine(own, EncoderPack.ConfigFile)) ? EncoderPack.Open(own) : BuiltInEncoders.Create(name, own);
        if (PretrainedEncoders.Names.Contains(name))
            throw new UserErrorException($"encoder '{name}' is not in '{settings.Encoders}' yet; get it by 'unim2rec-extract encoders get {name} --encoders {settings.Encoders}'.");
        var known = Known().ToArray();
        var near = NearestName.Find(name, known);
        throw new UserErrorException($"there is no encoder '{name}' in '{settings.Encoders}'; known are {string.Join(", ", known)}{(near is null ? "" : $" (did you mean '{near}'?)")}.");
    }

    private IEnumerable<string> Known()
    {
        var folders = Directory.Exists(settings.Encoders) ? Directory.GetDirectories(settings.Encoders) : [];
        return folders.Where(f => File.Exists(Path.Combine(f, EncoderPack.ConfigFile))).Select(f => Path.GetFileName(f)!)
            .Concat(FittedPacks.Names).Concat(BuiltInEncoders.Names).Concat(PretrainedEncoders.Names).Distinct().Order(StringComparer.Ordinal);
    }
}
