using UniM2Rec.Catalogue;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public class EventSorterTests
{
    private const int BytesOfEvent = 24, Events = 5000;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(100, 50)]
    [InlineData(4999, 2)]
    [InlineData(5000, 0)]
    [InlineData(1 << 20, 0)]
    public void Events_come_by_user_then_time_then_as_they_were_read_whatever_fits_into_memory(int held, int runs)
    {
        var random = new Random(held);
        double[] times = [0, -0.0, 1, -1, double.MaxValue, double.MinValue, 1e15, double.Epsilon];
        var told = Enumerable.Range(0, Events).Select(i => (User: random.Next(4) == 0 ? 7 : random.Next(300), Time: times[random.Next(times.Length)], Row: i)).ToArray();
        using var sorter = new EventSorter((long)held * BytesOfEvent);
        foreach (var (user, time, row) in told) sorter.Add(user, time, row, (ushort)(row % 70_000 % 65_536), (SplitPart)(row % 4));

        var sorted = sorter.Sorted().ToArray();

        Assert.Equal(told.OrderBy(e => e.User).ThenBy(e => e.Time).Select(e => e.Row), sorted.Select(e => e.Row)); // LINQ's sort is stable
        Assert.All(sorted, e => Assert.Equal((told[e.Row].User, told[e.Row].Time, (SplitPart)(e.Row % 4)), (e.User, e.Time, e.Split)));
        if (runs > 0) Assert.Equal(runs, sorter.RunCount);
        else if (held > 1) Assert.Equal(0, sorter.RunCount);
        else Assert.True(sorter.RunCount > 100);
    }

    [Fact]
    public void Memory_does_not_grow_with_the_events()
    {
        const int held = 1 << 16, most = 1 << 21;
        using var sorter = new EventSorter((long)held * BytesOfEvent);
        long before = GC.GetTotalMemory(forceFullCollection: true), highest = 0;
        for (int i = 0; i < most; i++)
        {
            sorter.Add(i % 1000 * 7919 % 1000, i, i, 0, SplitPart.Unspecified);
            if (i % held == held / 2) highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        int last = -1;
        foreach (var e in sorter.Sorted())
        {
            Assert.True(e.User >= last);
            last = e.User;
        }

        long buffers = (long)most / held << 20; // each run's file has one of 1 MiB
        Assert.InRange(highest, 0, ((long)held * BytesOfEvent) + buffers + (4 << 20));
    }
}
