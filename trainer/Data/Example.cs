using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// A stretch of one user's flow that is encoded in one pass, and what is predicted from it.
/// The inputs are events [<see cref="First"/>, <see cref="End"/>) of the log; <see cref="Targets"/> are events after states among them.
/// </summary>
/// <param name="User">Whose flow it is.</param>
/// <param name="First">First input event.</param>
/// <param name="End">End (exclusive) of the input events.</param>
/// <param name="Targets">Pairs of the last visible event (the state's position) and the event to predict, by time.</param>
public sealed record Window(int User, int First, int End, IReadOnlyList<(int State, int Target)> Targets)
{
    public int Length => End - First;
}

/// <summary>Cuts users' flows into the windows that are encoded: few passes, each target predicted exactly once.</summary>
/// <param name="log">The flow.</param>
/// <param name="isTarget">By domain of the log: whether its events are predicted.</param>
/// <param name="maxLength">Events of a window at most.</param>
/// <param name="form">One window for many positions, or one for each.</param>
public sealed class WindowPlanner(InteractionLog log, IReadOnlyList<bool> isTarget, int maxLength, ExampleForm form)
{
    /// <summary>
    /// History that a target of a long flow is given at least. A flow longer than a window is covered by overlapping windows; targets too near
    /// to a window's start are left to the window before it.
    /// </summary>
    private readonly int _leastContext = maxLength / 3;

    /// <summary>Windows over every user's events before the split's end of training.</summary>
    public List<Window> Training(HeldOutSplit split)
    {
        var windows = new List<Window>();
        for (int user = 0; user < log.UserCount; user++) AddTraining(user, split.TrainingEnd(user), windows);
        return windows;
    }

    /// <summary>One window a user, ending just before the event that <paramref name="heldOut"/> names (-1 = the user has none).</summary>
    public List<Window> HeldOut(Func<int, int> heldOut)
    {
        var windows = new List<Window>();
        for (int user = 0; user < log.UserCount; user++)
        {
            int target = heldOut(user);
            if (target >= 0) windows.Add(Prefix(user, log.VisibleEnd(user, target) - 1, target));
        }

        return windows;
    }

    /// <summary>One window a user over the newest events, with nothing to predict: what recommendations are made from.</summary>
    public List<Window> Newest()
    {
        var windows = new List<Window>();
        for (int user = 0; user < log.UserCount; user++)
        {
            int end = log.EndEvent(user);
            if (end > log.FirstEvent(user)) windows.Add(new Window(user, Math.Max(log.FirstEvent(user), end - maxLength), end, []));
        }

        return windows;
    }

    private void AddTraining(int user, int end, List<Window> windows)
    {
        // Backwards: the last target fixes a window's end, and earlier targets with enough history join it.
        List<(int State, int Target)>? pending = null;
        int first = 0, last = 0;
        for (int e = end - 1; e > log.FirstEvent(user); e--)
        {
            if (!isTarget[log.DomainOf(e)]) continue;
            int state = log.VisibleEnd(user, e) - 1;
            if (state < log.FirstEvent(user)) continue;
            if (form == ExampleForm.Prefix)
            {
                windows.Add(Prefix(user, state, e));
                continue;
            }

            if (pending is not null && state < first + _leastContext && first > log.FirstEvent(user))
            {
                Close();
                pending = null;
            }

            if (pending is null)
            {
                pending = [];
                last = state;
                first = Math.Max(log.FirstEvent(user), state + 1 - maxLength);
            }

            pending.Add((state, e));
        }

        if (pending is not null) Close();

        void Close()
        {
            pending!.Reverse();
            windows.Add(new Window(user, first, last + 1, pending));
        }
    }

    private Window Prefix(int user, int state, int target) =>
        new(user, Math.Max(log.FirstEvent(user), state + 1 - maxLength), state + 1, [(state, target)]);
}
