using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>How often a run is kept, by a clock that the tests move.</summary>
public class CheckpointPaceTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(10)]
    [InlineData(100)]
    public void Writing_stops_the_steps_for_a_hundredth_of_the_time_at_most(double writingSeconds)
    {
        var clock = new Clock();
        var interval = TimeSpan.FromMinutes(5);
        var pace = new CheckpointPace(interval, clock);
        double sinceLast = 0, shortest = double.PositiveInfinity;
        int kept = 0;
        while (kept < 5)
        {
            clock.Move(0.5); // a step
            sinceLast += 0.5;
            if (!pace.IsDue) continue;
            pace.Keep(() => clock.Move(writingSeconds));
            if (kept > 0) shortest = Math.Min(shortest, sinceLast);
            (kept, sinceLast) = (kept + 1, 0);
        }

        Assert.True(writingSeconds / (writingSeconds + shortest) <= CheckpointPace.MostShare + 1e-9, $"{shortest} s between");
        Assert.InRange(shortest, interval.TotalSeconds, Math.Max(interval.TotalSeconds, 99 * writingSeconds) + 1); // and no more seldom than it must
        Assert.Equal(5 * writingSeconds, pace.TakeSpent().TotalSeconds, 1e-6);
        Assert.Equal(TimeSpan.Zero, pace.TakeSpent());
    }

    [Fact]
    public void Without_an_interval_every_step_is_kept_whatever_it_takes()
    {
        var clock = new Clock();
        var pace = new CheckpointPace(TimeSpan.Zero, clock);
        for (int step = 0; step < 3; step++)
        {
            Assert.True(pace.IsDue);
            pace.Keep(() => clock.Move(7));
        }
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Move(double seconds) => _now += (long)(seconds * TimeSpan.TicksPerSecond);
    }
}
