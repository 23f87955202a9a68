namespace UniM2Rec.Models.Pretrained;

/// <summary>A file in a package.</summary>
/// <param name="Package">The package.</param>
/// <param name="Entry">Path in the package.</param>
/// <param name="Resource">Name of the manifest resource where the entry is an assembly that holds the file; else null.</param>
/// <param name="Sha256">What the file must hash to, in lower-case hexadecimals.</param>
public sealed record PackagedFile(EncoderPackage Package, string Entry, string? Resource, string Sha256)
{
    /// <inheritdoc/>
    public override string ToString() => Resource is null ? Entry : $"{Resource} in {Entry}";
}
