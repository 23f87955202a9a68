using System.Security.Cryptography;

namespace UniM2Rec.SafeTensors;

/// <summary>
/// A checksum over a whole safetensors file, kept in its own metadata: SHA-256 of all bytes, header included, with zeros where the checksum's
/// digits stand. Whatever bit changes, the file says so itself.
/// </summary>
public static unsafe class SafeTensorsChecksum
{
    /// <summary>The key of the metadata.</summary>
    public const string Key = "sha256";

    private const int Digits = 2 * SHA256.HashSizeInBytes;
    private const int Piece = 1 << 22;
    private static readonly string Zeros = new('0', Digits);

    /// <summary>Writes a file with its checksum.</summary>
    /// <param name="output">Receives the file.</param>
    /// <param name="metadata">The file's own notes, which are all but the checksum.</param>
    /// <param name="write">Declares the tensors and writes them; called twice, once to compute the checksum, and must do the same each time.</param>
    public static void Write(Stream output, IReadOnlyDictionary<string, string> metadata, Action<SafeTensorsWriter> write)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var hashing = new HashingStream(hash))
            Write(hashing, Zeros);
        Write(output, Convert.ToHexStringLower(hash.GetHashAndReset()));

        void Write(Stream stream, string checksum)
        {
            var writer = new SafeTensorsWriter(stream, new Dictionary<string, string>(metadata) { [Key] = checksum });
            write(writer);
            writer.Complete();
        }
    }

    /// <summary>The checksum of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="payload">Where its payload begins.</param>
    /// <param name="said">The checksum that it says it has.</param>
    internal static string Of(MappedFile file, int payload, string said)
    {
        byte[] start = new ReadOnlySpan<byte>(file.Start, payload).ToArray();
        // Within a text, quotes are escaped, so that this is found nowhere else.
        byte[] entry = System.Text.Encoding.UTF8.GetBytes($"\"{Key}\":\"{said}\"");
        int at = start.AsSpan().IndexOf(entry);
        if (said.Length != Digits || at < 0)
            return "none";
        start.AsSpan(at + entry.Length - 1 - Digits, Digits).Fill((byte)'0');
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(start);
        for (long done = payload; done < file.Length; done += Piece)
        {
            file.RequireWhole();
            hash.AppendData(new ReadOnlySpan<byte>(file.Start + done, (int)Math.Min(Piece, file.Length - done)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
