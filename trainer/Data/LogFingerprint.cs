using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Tells whether two logs hold the same events. Items are known by domain and id, so that it does not matter in which rows of a catalogue they
/// stand.
/// </summary>
/// <param name="Events">Of the users' histories, in whatever order the users are.</param>
/// <param name="Order">Of the users' order too, on which the order of training's examples depends.</param>
public sealed record LogFingerprint(string Events, string Order)
{
    private const int Digest = SHA256.HashSizeInBytes;
    private const int EventBytes = Digest + sizeof(double) + 1;

    /// <param name="log">The flow.</param>
    /// <param name="store">Tells the items' domains and ids.</param>
    public static LogFingerprint Of(InteractionLog log, FeatureStore store)
    {
        byte[][] items = new byte[store.ItemCount][];
        foreach (var domain in store.Domains)
        {
            for (int row = domain.FirstRow; row < domain.FirstRow + domain.Count; row++)
                items[row] = SHA256.HashData(Encoding.UTF8.GetBytes($"{domain.Name}\t{store.GetItemId(row)}"));
        }

        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] digest = new byte[Digest];
        byte[] history = [];
        var sum = default(UInt128);
        for (int u = 0; u < log.UserCount; u++)
        {
            int events = log.EndEvent(u) - log.FirstEvent(u);
            if (events == 0) continue; // of a log that is a part of another, only those who are in the part
            int length = Digest + (events * EventBytes);
            if (history.Length < length) history = new byte[Math.Max(length, 2 * history.Length)];
            SHA256.HashData(Encoding.UTF8.GetBytes(log.UserIds[u]), history);
            for (int i = 0; i < events; i++)
            {
                int e = log.FirstEvent(u) + i;
                var at = history.AsSpan(Digest + (i * EventBytes), EventBytes);
                items[log.ItemOf(e)].CopyTo(at);
                BinaryPrimitives.WriteDoubleLittleEndian(at[Digest..], log.TimeOf(e));
                at[^1] = (byte)log.SplitOf(e);
            }

            SHA256.HashData(history.AsSpan(0, length), digest);
            sum += BinaryPrimitives.ReadUInt128LittleEndian(digest); // a sum does not depend on the order of what is added
            all.AppendData(digest);
        }

        return new LogFingerprint(sum.ToString("x32", System.Globalization.CultureInfo.InvariantCulture), Convert.ToHexStringLower(all.GetHashAndReset()));
    }
}
