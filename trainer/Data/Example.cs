using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// A stretch of one user's flow that is encoded in one pass, and what is predicted from it.
/// The inputs are events [<see cref="First"/>, <see cref="End"/>) of the log; <see cref="Targets"/> are events after states among them.
/// </summary>
/// <param name="Log">The log that the events are numbered in: what training sees, or the whole flow.</param>
/// <param name="User">Whose flow it is.</param>
/// <param name="First">First input event.</param>
/// <param name="End">End (exclusive) of the input events.</param>
/// <param name="Targets">Pairs of the last visible event (the state's position) and the event to predict, by time.</param>
public sealed record Example(InteractionLog Log, int User, int First, int End, IReadOnlyList<(int State, int Target)> Targets)
{
    /// <summary>Events of the input.</summary>
    public int Length => End - First;

    /// <summary>Rows of the inputs' items.</summary>
    public ReadOnlySpan<int> Items => Log.Items(First, End);

    /// <summary>By domain of the log: whether its events are predicted; null where all are.</summary>
    public IReadOnlyList<bool>? IsTarget { get; init; }

    /// <summary>The latest of the inputs up to <paramref name="position"/> whose domain is predicted; the position itself where none is.</summary>
    /// <param name="position">Position among the inputs, from 0.</param>
    public int LatestOwn(int position)
    {
        int own = position;
        while (own >= 0 && !IsOwn(own)) own--;
        return own >= 0 ? own : position;
    }

    /// <summary>Whether an event is of a domain that is predicted.</summary>
    /// <param name="position">Position among the inputs, from 0.</param>
    public bool IsOwn(int position) => IsTarget?[Log.DomainOf(First + position)] ?? true;

    /// <summary>Events that a network reads, at most.</summary>
    public int MaxLength { get; init; } = int.MaxValue;

    /// <summary>
    /// Rows of the newest items up to the last input whose domain is predicted, as many as a network reads: other events take no room from them. Where
    /// there is none, rows of the inputs' items.
    /// </summary>
    public int[] OwnItems()
    {
        if (IsTarget is null) return Items.ToArray();
        var own = new List<int>();
        for (int e = End - 1; e >= Log.FirstEvent(User) && own.Count < MaxLength; e--)
        {
            if (IsTarget[Log.DomainOf(e)]) own.Add(Log.ItemOf(e));
        }

        own.Reverse();
        return own.Count > 0 ? [.. own] : Items.ToArray();
    }

    /// <summary>Row of the item that is predicted last.</summary>
    public int LastTargetItem => Log.ItemOf(Targets[^1].Target);
}

/// <summary>Cuts users' flows into the examples that are encoded: few passes, each target predicted exactly once.</summary>
/// <param name="log">The log: what training sees, or the whole flow.</param>
/// <param name="isTarget">By domain of the log: whether its events are predicted.</param>
/// <param name="maxLength">Events of an example at most.</param>
/// <param name="form">One example for many positions, or one for each.</param>
public sealed class ExamplePlanner(InteractionLog log, IReadOnlyList<bool> isTarget, int maxLength, ExampleForm form)
{
    /// <summary>
    /// History that a target of a long flow is given at least. A flow longer than an example is covered by overlapping examples; targets too near
    /// to an example's start are left to the example before it.
    /// </summary>
    private readonly int _leastContext = maxLength / 3;

    /// <summary>Null where every domain is predicted, so that a step need not look for events of other domains.</summary>
    private readonly IReadOnlyList<bool>? _isTarget = isTarget.All(predicted => predicted) ? null : isTarget;

    /// <summary>Examples over every event of the log, which is training's.</summary>
    public List<Example> Training()
    {
        var examples = new List<Example>();
        for (int user = 0; user < log.UserCount; user++) AddTraining(user, examples);
        return examples;
    }

    /// <summary>One example for each held-out event of the log, over what may be seen before it.</summary>
    public List<Example> HeldOut(IEnumerable<HeldOutEvent> heldOut) => heldOut.Select(h => Prefix(h.User, log.VisibleEnd(h.User, h.Event) - 1, h.Event)).ToList();

    /// <summary>One example a user over the newest events, with nothing to predict: what recommendations are made from.</summary>
    public List<Example> Newest()
    {
        var examples = new List<Example>();
        for (int user = 0; user < log.UserCount; user++)
        {
            int end = log.EndEvent(user);
            if (end > log.FirstEvent(user)) examples.Add(new Example(log, user, Math.Max(log.FirstEvent(user), end - maxLength), end, []) { IsTarget = _isTarget, MaxLength = maxLength });
        }

        return examples;
    }

    private void AddTraining(int user, List<Example> examples)
    {
        // Backwards: the last target fixes an example's end, and earlier targets with enough history join it.
        List<(int State, int Target)>? pending = null;
        int first = 0, last = 0;
        for (int e = log.EndEvent(user) - 1; e > log.FirstEvent(user); e--)
        {
            if (!isTarget[log.DomainOf(e)]) continue;
            int state = log.VisibleEnd(user, e) - 1;
            if (state < log.FirstEvent(user)) continue;
            if (form == ExampleForm.Prefix)
            {
                examples.Add(Prefix(user, state, e));
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
            examples.Add(new Example(log, user, first, last + 1, pending.ToArray()) { IsTarget = _isTarget, MaxLength = maxLength });
        }
    }

    private Example Prefix(int user, int state, int target) =>
        new(log, user, Math.Max(log.FirstEvent(user), state + 1 - maxLength), state + 1, [(state, target)]) { IsTarget = _isTarget, MaxLength = maxLength };
}
