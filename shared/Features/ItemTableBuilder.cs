using System.Numerics;
using System.Text;

namespace UniM2Rec.Features;

/// <summary>Collects item ids in the order of their rows.</summary>
public sealed class ItemTableBuilder
{
    private readonly List<DomainRange> domains = [];
    private readonly List<long> offsets = [0];
    private byte[] ids = new byte[1 << 12];

    /// <summary>Begins a domain; all domains come in the order of the dataset.</summary>
    /// <exception cref="ArgumentException">the domain was begun before</exception>
    public void BeginDomain(string domain)
    {
        if (domains.Any(earlier => earlier.Name == domain))
            throw new ArgumentException($"domain '{domain}' is there twice", nameof(domain));
        domains.Add(new DomainRange(domain, offsets.Count - 1, 0));
    }

    /// <summary>Gives the next row to an item of the domain begun last.</summary>
    /// <exception cref="Diagnostics.UserErrorException">all ids together exceed 2 GiB</exception>
    public void Add(string itemId)
    {
        if (domains.Count == 0)
            throw new InvalidOperationException("an item comes after the beginning of its domain");
        int used = (int)offsets[^1];
        long needed = (long)used + Encoding.UTF8.GetByteCount(itemId);
        if (needed > Array.MaxLength)
            StoreErrors.IdsTooLong();
        if (needed > ids.Length)
            Array.Resize(ref ids, (int)Math.Max(needed, Math.Min(Array.MaxLength, 2L * ids.Length)));
        Encoding.UTF8.GetBytes(itemId, ids.AsSpan(used));
        offsets.Add(needed);
        domains[^1] = domains[^1] with { Count = domains[^1].Count + 1 };
    }

    /// <summary>Builds the table with its index.</summary>
    /// <param name="datasetName">name of the catalogue</param>
    /// <param name="datasetFingerprint">fingerprint of the catalogue</param>
    /// <exception cref="Diagnostics.UserErrorException">an id is twice in a domain</exception>
    public ItemTable Build(string datasetName, string datasetFingerprint)
    {
        long[] ends = [.. offsets];
        byte[] text = ids.AsSpan(0, (int)ends[^1]).ToArray();
        return new ItemTable(datasetName, datasetFingerprint, [.. domains], text, ends, BuildSlots(text, ends));
    }

    private int[] BuildSlots(byte[] text, long[] ends)
    {
        int rows = ends.Length - 1;
        int[] slots = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * (long)rows, 2))];
        var index = new ItemIndex(text, ends, slots);
        foreach (DomainRange domain in domains)
        {
            ulong start = ItemIndex.DomainHash(domain.Name);
            for (int row = domain.FirstRow; row < domain.FirstRow + domain.Count; row++)
            {
                ReadOnlySpan<byte> id = index.Id(row);
                int slot = index.FindSlot(domain, start, id);
                if (slots[slot] != 0)
                    StoreErrors.DuplicateItem(domain.Name, Encoding.UTF8.GetString(id));
                slots[slot] = row + 1;
            }
        }
        return slots;
    }
}
