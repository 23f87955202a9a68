namespace UniM2Rec.Features;

/// <summary>What a check of all checksums found.</summary>
/// <param name="Files">files that were read</param>
/// <param name="Bytes">bytes that were read</param>
/// <param name="Problems">one sentence a damaged or missing file or block; empty when all is well</param>
public sealed record VerificationReport(int Files, long Bytes, IReadOnlyList<string> Problems);
