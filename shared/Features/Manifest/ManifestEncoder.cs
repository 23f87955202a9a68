namespace UniM2Rec.Features.Manifest;

/// <summary>What made a modality's rows.</summary>
internal sealed record ManifestEncoder(string Name, string Fingerprint);
