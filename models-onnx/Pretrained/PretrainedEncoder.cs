using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Pretrained;

/// <summary>How an encoder's folder is made of files in packages.</summary>
/// <param name="Config">Its encoder.json; the name in it is the encoder's.</param>
/// <param name="Files">What it is made of.</param>
/// <param name="Write">Writes model and vocabulary into a folder, given the bytes of <paramref name="Files"/> in their order.</param>
public sealed record PretrainedEncoder(EncoderConfig Config, IReadOnlyList<PackagedFile> Files, Action<IReadOnlyList<byte[]>, string> Write)
{
    /// <summary>The encoder's name.</summary>
    public string Name => Config.Name;

    /// <summary>The packages that the files are in.</summary>
    public IEnumerable<EncoderPackage> Packages => Files.Select(file => file.Package).Distinct();
}
