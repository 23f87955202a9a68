namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// When a step is kept within an epoch: after an interval, and where writing takes so long that it would stop the steps for more than a hundredth of the time, as much
/// later as it takes to stay below. What is lost by a kill grows with it, what is waited for does not.
/// </summary>
internal sealed class CheckpointPace
{
    /// <summary>Share of the time that writing takes at most.</summary>
    internal const double MostShare = 0.01;

    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private long _kept;
    private TimeSpan _wait;
    private TimeSpan _spent;

    /// <param name="interval">After which time a step is kept at the earliest; zero for after each, whatever it takes.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public CheckpointPace(TimeSpan interval, TimeProvider? time = null)
    {
        (_interval, _wait, _time) = (interval, interval, time ?? TimeProvider.System);
        _kept = _time.GetTimestamp();
    }

    /// <summary>Whether a step is to be kept now.</summary>
    public bool IsDue => _time.GetElapsedTime(_kept) >= _wait;

    /// <summary>Writes something, and takes the time that it takes.</summary>
    public void Keep(Action write)
    {
        long begun = _time.GetTimestamp();
        write();
        _kept = _time.GetTimestamp();
        var took = _time.GetElapsedTime(begun, _kept);
        _spent += took;
        var affordable = took * ((1 - MostShare) / MostShare);
        if (_interval > TimeSpan.Zero) _wait = affordable > _interval ? affordable : _interval;
    }

    /// <summary>How long writing took since this was asked for the last time.</summary>
    public TimeSpan TakeSpent()
    {
        var spent = _spent;
        _spent = TimeSpan.Zero;
        return spent;
    }
}
