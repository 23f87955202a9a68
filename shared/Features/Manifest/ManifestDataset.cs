namespace UniM2Rec.Features.Manifest;

/// <summary>The catalogue that a store's rows come from.</summary>
internal sealed record ManifestDataset(string Name, string Fingerprint);
