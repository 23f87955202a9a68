namespace UniM2Rec.Tests.Testing;

/// <summary>Compares what runs leave.</summary>
internal static class Stores
{
    /// <summary>Name and bytes of every shard, item table and manifest.</summary>
    public static Dictionary<string, string> Contents(string folder) =>
        Directory.GetFiles(folder).Where(f => f.EndsWith(".safetensors", StringComparison.Ordinal) || f.EndsWith("store.json", StringComparison.Ordinal))
            .ToDictionary(f => Path.GetFileName(f), f => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))));
}
