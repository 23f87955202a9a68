using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Graphs;

namespace UniM2Rec.Models.Packs;

/// <summary>One hash over every file that decides what an encoder answers.</summary>
internal static class PackFingerprint
{
    private const int BufferBytes = 1 << 20;

    public static string Compute(EncoderPack pack, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var (part, path) in Parts(pack))
                Append(hash, part, path, buffer, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<(string Part, string Path)> Parts(EncoderPack pack)
    {
        yield return ("config", pack.ConfigPath);
        yield return ("model", pack.ModelPath);
        foreach (var location in ModelWeights.Scan(pack.ModelPath).ExternalFiles)
        {
            var path = Path.Combine(Path.GetDirectoryName(pack.ModelPath)!, location);
            if (!File.Exists(path))
                throw new UserErrorException($"{pack.ModelPath} keeps weights in '{location}', but {path} is missing; put that file beside the model.");
            yield return ("external:" + location, path);
        }

        if (pack.VocabularyPath is not null)
            yield return ("vocabulary", pack.VocabularyPath);
        if (pack.MergesPath is not null)
            yield return ("merges", pack.MergesPath);
    }

    /// <summary>Hashes the part's name and length before its bytes, so that no byte can move from one part into the next unseen.</summary>
    private static void Append(IncrementalHash hash, string part, string path, byte[] buffer, CancellationToken cancellation)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        hash.AppendData(Encoding.UTF8.GetBytes($"{part}\0{file.Length}\0"));
        int read;
        while ((read = file.Read(buffer, 0, BufferBytes)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }
    }
}
