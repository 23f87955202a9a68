using System.Text;
using UniM2Rec.Catalogue;

namespace UniM2Rec.Features;

/// <summary>The hash index of an item table over its three tensors, as docs/FORMAT.md defines it.</summary>
internal readonly ref struct ItemIndex(ReadOnlySpan<byte> ids, ReadOnlySpan<long> offsets, ReadOnlySpan<int> slots)
{
    private readonly ReadOnlySpan<byte> ids = ids;
    private readonly ReadOnlySpan<long> offsets = offsets;
    private readonly ReadOnlySpan<int> slots = slots;

    /// <summary>The hash after the domain's name, which all of its items share.</summary>
    public static ulong DomainHash(string domain) =>
        IdHash.Append(IdHash.Append(IdHash.Start, Encoding.UTF8.GetBytes(domain)), [0]);

    public ReadOnlySpan<byte> Id(int row) => ids[(int)offsets[row]..(int)offsets[row + 1]];

    /// <summary>The slot that holds the item, or the empty one that it would take.</summary>
    public int FindSlot(DomainRange domain, ulong domainHash, ReadOnlySpan<byte> id)
    {
        int mask = slots.Length - 1;
        int slot = (int)IdHash.Spread(IdHash.Append(domainHash, id)) & mask;
        while (slots[slot] != 0)
        {
            int row = slots[slot] - 1;
            if (row >= domain.FirstRow && row - domain.FirstRow < domain.Count && Id(row).SequenceEqual(id))
                break;
            slot = (slot + 1) & mask;
        }
        return slot;
    }
}
