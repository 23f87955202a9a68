namespace UniM2Rec.Models.Pretrained;

/// <summary>A NuGet package that holds a pre-trained model.</summary>
/// <param name="Id">The package's name.</param>
/// <param name="Version">Its one version that is known here.</param>
/// <param name="Upstream">The model that it holds and where that comes from.</param>
public sealed record EncoderPackage(string Id, string Version, string Upstream)
{
    /// <summary>Name of the package's file.</summary>
    public string FileName => $"{Id}.{Version}.nupkg";

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Version}";
}
