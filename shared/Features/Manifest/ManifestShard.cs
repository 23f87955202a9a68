namespace UniM2Rec.Features.Manifest;

/// <summary>A complete shard.</summary>
/// <param name="File">file name in the store's folder</param>
/// <param name="FirstRow">its first row in the store</param>
/// <param name="Rows">number of its rows</param>
/// <param name="Present">rows that have the modality</param>
/// <param name="Bytes">length of the file</param>
/// <param name="Crc32c">eight hexadecimal digits a block of the file</param>
internal sealed record ManifestShard(string File, int FirstRow, int Rows, int Present, long Bytes, string Crc32c);
