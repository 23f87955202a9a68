using System.Runtime.InteropServices;
using UniM2Rec.Features;
using UniM2Rec.Storage;

namespace UniM2Rec.Tests.Features;

public class SlotLayoutTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(500, 16)]
    [InlineData(500, 64)]
    [InlineData(5000, 128)]
    public void Stretches_give_the_table_that_entering_row_by_row_gives(int rows, int stretch)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            // Few distinct high bits crowd rows together, also at the table's end.
            ulong[] hashes = [.. Enumerable.Range(0, rows).Select(_ => seed % 2 == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(rows) * 3 + (ulong)SlotLayout.Capacity(rows) - 5)];
            Assert.Equal(RowByRow(hashes), Laid(hashes, stretch));
        }
    }

    [Fact]
    public void Rows_that_run_over_the_end_of_the_table_are_found_at_its_beginning()
    {
        // All rows want the last slot but two, so that most of them run on round the end, past every stretch.
        ulong[] hashes = [.. Enumerable.Range(0, 100).Select(row => WithSlot((ulong)row, SlotLayout.Capacity(100) - 3))];

        Assert.Equal(RowByRow(hashes), Laid(hashes, stretch: 8));
        Assert.NotEqual(0, Laid(hashes, stretch: 8)[90]);
    }

    [Fact]
    public void Two_rows_of_one_hash_are_shown_in_order()
    {
        var shown = new List<(int, int)>();
        ulong[] hashes = [.. Enumerable.Range(0, 200).Select(row => (ulong)(row == 150 ? 20 : row) * 0x9E3779B97F4A7C15)];
        Laid(hashes, stretch: 32, (first, second) => shown.Add((first, second)));

        Assert.Equal([(20, 150)], shown.Distinct());
    }

    /// <summary>A hash whose first slot is the one given: the low half is the slot xor the high half.</summary>
    private static ulong WithSlot(ulong high, int slot) => high << 32 | (uint)slot ^ high;

    private static int[] Laid(ulong[] hashes, int stretch, Action<int, int>? refuseSame = null)
    {
        using var spool = new Spool();
        spool.Write(MemoryMarshal.AsBytes(hashes.AsSpan()));
        using var output = new MemoryStream();
        new SlotLayout(spool, SlotLayout.Capacity(hashes.Length), refuseSame ?? ((_, _) => { })).WriteTo(output, stretch);
        return MemoryMarshal.Cast<byte, int>(output.ToArray()).ToArray();
    }

    private static int[] RowByRow(ulong[] hashes)
    {
        int[] slots = new int[SlotLayout.Capacity(hashes.Length)];
        for (int row = 0; row < hashes.Length; row++)
        {
            uint slot = (uint)(hashes[row] ^ (hashes[row] >> 32)) % (uint)slots.Length;
            while (slots[slot] != 0)
                slot = (slot + 1) % (uint)slots.Length;
            slots[slot] = row + 1;
        }
        return slots;
    }
}
