using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

/// <summary>An event that is held out of training.</summary>
/// <param name="User">Whose event it is.</param>
/// <param name="Event">Its number in the whole log.</param>
public readonly record struct HeldOutEvent(int User, int Event);

/// <summary>
/// What training sees, as a log of its own, and which events are held out of it. Whatever learns takes <see cref="Training"/>, so that no held-out
/// event can reach it.
/// <para>
/// Where the target domains' rows are marked (the catalogue's <c>split</c> column), the marks are the split: rows marked <c>train</c> are training's,
/// whatever their time, and every row marked <c>valid</c> or <c>test</c> is ranked. Without marks, each user's last event in the target domains is the
/// test and the one before it validates (leave-one-out). Events that carry no mark are training's where they may be seen before the
/// user's earliest held-out event (<see cref="InteractionLog.VisibleEnd"/>), in every domain.
/// </para>
/// </summary>
public sealed class HeldOutSplit
{
    /// <summary>A user needs this many target events, so that one remains to learn from.</summary>
    private const int LeaveOneOutMinimum = 3;

    private readonly InteractionLog _log;

    private HeldOutSplit(InteractionLog log, List<HeldOutEvent> validation, List<HeldOutEvent> test, InteractionLog training)
    {
        _log = log;
        Training = training;
        WithoutHistory = validation.Concat(test).Count(h => log.VisibleEnd(h.User, h.Event) == log.FirstEvent(h.User));
        Validation = [.. validation.Where(h => log.VisibleEnd(h.User, h.Event) > log.FirstEvent(h.User))];
        Test = [.. test.Where(h => log.VisibleEnd(h.User, h.Event) > log.FirstEvent(h.User))];
    }

    private HeldOutSplit(HeldOutSplit whole, InteractionLog training, IReadOnlyList<HeldOutEvent> validation)
    {
        (_log, Training, Validation, Test) = (whole._log, training, validation, whole.Test);
        (WithoutHistory, ValidatesOnTraining, Flow) = (whole.WithoutHistory, whole.ValidatesOnTraining, whole.Flow);
    }

    /// <summary>The events that training may see.</summary>
    public InteractionLog Training { get; }

    /// <summary>What the epoch is chosen by.</summary>
    public IReadOnlyList<HeldOutEvent> Validation { get; }

    /// <summary>What a run is measured by.</summary>
    public IReadOnlyList<HeldOutEvent> Test { get; }

    /// <summary>The same split, of which training and validation do not see some items; they stay in the histories of what is ranked, as of those that came since.</summary>
    /// <param name="rows">The items' rows.</param>
    public HeldOutSplit Without(IEnumerable<int> rows)
    {
        var leftOut = rows.ToHashSet();
        var numbered = Flow ?? _log;
        return new HeldOutSplit(
            this, Training.Where((_, e) => !leftOut.Contains(Training.ItemOf(e))), [.. Validation.Where(v => !leftOut.Contains(numbered.ItemOf(v.Event)))]);
    }

    /// <summary>The same split, of which training sees no more than some events of each item of the target domains; histories of what is ranked stay whole.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="isTarget">By domain of the log: whether its events are predicted.</param>
    /// <param name="store">Tells the items' names.</param>
    public HeldOutSplit FewShot(int most, IReadOnlyList<bool> isTarget, FeatureStore store) => new(this, Data.FewShot.Of(Training, isTarget, most, store), Validation);

    /// <summary>Held-out events that are in neither list, as nothing of their user's lies before them.</summary>
    public int WithoutHistory { get; }

    /// <summary>Whether the marks name no validation, so that each user's last training event stands in for it.</summary>
    public bool ValidatesOnTraining { get; private init; }

    /// <summary>The split that a configuration asks for.</summary>
    /// <param name="holdOut">Which events.</param>
    /// <param name="log">The flow.</param>
    /// <param name="isTarget">By domain of the log: whether its events are predicted.</param>
    public static HeldOutSplit By(HoldOut holdOut, InteractionLog log, IReadOnlyList<bool> isTarget)
    {
        if (holdOut == HoldOut.LastEvent) return LastForValidation(log, isTarget);
        for (int e = 0; e < log.EventCount; e++)
        {
            if (isTarget[log.DomainOf(e)] && log.SplitOf(e) is SplitPart.Validation or SplitPart.Test) return Marked(log, isTarget);
        }

        return LeaveOneOut(log, isTarget);
    }

    /// <summary>Held out: the last (test) and last but one (validation) event of each user in the target domains.</summary>
    /// <param name="log">The flow.</param>
    /// <param name="isTarget">By domain of the log: whether its events are predicted.</param>
    public static HeldOutSplit LeaveOneOut(InteractionLog log, IReadOnlyList<bool> isTarget)
    {
        var (validation, test) = (new List<HeldOutEvent>(), new List<HeldOutEvent>());
        for (int user = 0; user < log.UserCount; user++)
        {
            int[] targets = Events(log, user).Where(e => isTarget[log.DomainOf(e)]).TakeLast(LeaveOneOutMinimum).ToArray();
            if (targets.Length < LeaveOneOutMinimum) continue;
            validation.Add(new HeldOutEvent(user, targets[^2]));
            test.Add(new HeldOutEvent(user, targets[^1]));
        }

        int[] ends = Ends(log, validation.Concat(test));
        return new HeldOutSplit(log, validation, test, log.Before(ends));
    }

    /// <summary>Only a validation event: the last one of each user in the target domains (pre-training). Rows that are marked as held out stay so.</summary>
    private static HeldOutSplit LastForValidation(InteractionLog log, IReadOnlyList<bool> isTarget)
    {
        var open = log.Where((_, e) => !IsHeldOut(log, e));
        var validation = new List<HeldOutEvent>();
        for (int user = 0; user < open.UserCount; user++)
        {
            if (open.EndEvent(user) - open.FirstEvent(user) < LeaveOneOutMinimum) continue;
            int last = Events(open, user).LastOrDefault(e => isTarget[open.DomainOf(e)], -1);
            if (last >= 0) validation.Add(new HeldOutEvent(user, last));
        }

        int[] ends = Ends(open, validation);
        // Events are numbered in the log that they are held out of; without marks that is the flow itself.
        return open.EventCount == log.EventCount
            ? new HeldOutSplit(log, validation, [], open.Before(ends))
            : new HeldOutSplit(open, validation, [], open.Before(ends)) { Flow = open };
    }

    /// <summary>The log that <see cref="Validation"/> and <see cref="Test"/> are numbered in, where it is not the whole flow.</summary>
    public InteractionLog? Flow { get; private init; }

    private static HeldOutSplit Marked(InteractionLog log, IReadOnlyList<bool> isTarget)
    {
        List<HeldOutEvent> Of(SplitPart part) =>
            (from user in Enumerable.Range(0, log.UserCount)
             from e in Events(log, user)
             where log.SplitOf(e) == part && isTarget[log.DomainOf(e)]
             select new HeldOutEvent(user, e)).ToList();

        var (validation, test) = (Of(SplitPart.Validation), Of(SplitPart.Test));
        int[] ends = Ends(log, validation.Concat(test));
        bool Keeps(int user, int e) => log.SplitOf(e) == SplitPart.Train || (log.SplitOf(e) == SplitPart.Unspecified && e < ends[user]);
        if (validation.Count > 0) return new HeldOutSplit(log, validation, test, log.Where(Keeps));

        var last = new HashSet<int>();
        for (int user = 0; user < log.UserCount; user++)
        {
            int[] trained = Events(log, user).Where(e => isTarget[log.DomainOf(e)] && Keeps(user, e)).ToArray();
            if (trained.Length < LeaveOneOutMinimum) continue;
            validation.Add(new HeldOutEvent(user, trained[^1]));
            last.Add(trained[^1]);
        }

        return new HeldOutSplit(log, validation, test, log.Where((user, e) => Keeps(user, e) && !last.Contains(e))) { ValidatesOnTraining = true };
    }

    private static bool IsHeldOut(InteractionLog log, int e) => log.SplitOf(e) is SplitPart.Validation or SplitPart.Test;

    private static IEnumerable<int> Events(InteractionLog log, int user) => Enumerable.Range(log.FirstEvent(user), log.EndEvent(user) - log.FirstEvent(user));

    /// <summary>By user: the end (exclusive) of what may be seen before the earliest held-out event, or of all events where none is held out.</summary>
    private static int[] Ends(InteractionLog log, IEnumerable<HeldOutEvent> heldOut)
    {
        int[] ends = Enumerable.Range(0, log.UserCount).Select(log.EndEvent).ToArray();
        foreach (var (user, e) in heldOut) ends[user] = Math.Min(ends[user], log.VisibleEnd(user, e));
        return ends;
    }
}
