namespace UniM2Rec.Features.Manifest;

/// <summary>The item table's file, length and hash.</summary>
internal sealed record ManifestItemTable(string File, long Bytes, string Sha256);
