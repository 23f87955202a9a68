using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Which events are held out of training. For each user: the last event in a target domain is the test target, the one before it the
/// validation target (leave-one-out), unless the catalogue's own <c>split</c> column says otherwise. Training sees only what lies strictly
/// before the earliest held-out event, in every domain.
/// </summary>
public sealed class HeldOutSplit
{
    /// <summary>A user needs this many target events, so that one remains to learn from.</summary>
    private const int LeaveOneOutMinimum = 3;

    private readonly int[] _validation;
    private readonly int[] _test;
    private readonly int[] _trainingEnd;

    private HeldOutSplit(int[] validation, int[] test, int[] trainingEnd)
    {
        _validation = validation;
        _test = test;
        _trainingEnd = trainingEnd;
    }

    /// <summary>The user's validation event, or -1.</summary>
    public int ValidationOf(int user) => _validation[user];

    /// <summary>The user's test event, or -1.</summary>
    public int TestOf(int user) => _test[user];

    /// <summary>End (exclusive) of the user's events that training may see.</summary>
    public int TrainingEnd(int user) => _trainingEnd[user];

    /// <summary>Held out: the last (test) and last but one (validation) event of each user in the target domains.</summary>
    /// <param name="isTarget">By domain of the log: whether its events are predicted.</param>
    public static HeldOutSplit LeaveOneOut(InteractionLog log, IReadOnlyList<bool> isTarget) =>
        Build(log, (user, find) =>
        {
            int count = 0, last = -1, before = -1;
            for (int e = log.FirstEvent(user); e < log.EndEvent(user); e++)
            {
                if (!isTarget[log.DomainOf(e)]) continue;
                (before, last) = (last, e);
                count++;
            }

            return count >= LeaveOneOutMinimum ? (before, last) : (-1, -1);
        });

    /// <summary>Held out: the events that the catalogue itself marks, the last of each part a user.</summary>
    public static HeldOutSplit Predefined(InteractionLog log, IReadOnlyList<bool> isTarget) =>
        Build(log, (user, find) => (find(user, SplitPart.Validation), find(user, SplitPart.Test)), isTarget);

    /// <summary>The split that a configuration asks for.</summary>
    public static HeldOutSplit By(HoldOut holdOut, InteractionLog log, IReadOnlyList<bool> isTarget) =>
        holdOut == HoldOut.LastEvent ? LastForValidation(log) : For(log, isTarget);

    /// <summary>The predefined split where the target domains carry one, else leave-one-out.</summary>
    public static HeldOutSplit For(InteractionLog log, IReadOnlyList<bool> isTarget)
    {
        for (int e = 0; e < log.EventCount; e++)
        {
            if (isTarget[log.DomainOf(e)] && log.SplitOf(e) is SplitPart.Validation or SplitPart.Test) return Predefined(log, isTarget);
        }

        return LeaveOneOut(log, isTarget);
    }

    /// <summary>Only a validation event: the last one of each user, whatever its domain (pre-training).</summary>
    public static HeldOutSplit LastForValidation(InteractionLog log) =>
        Build(log, (user, _) => log.EndEvent(user) - log.FirstEvent(user) >= LeaveOneOutMinimum ? (log.EndEvent(user) - 1, -1) : (-1, -1));

    private static HeldOutSplit Build(
        InteractionLog log, Func<int, Func<int, SplitPart, int>, (int Validation, int Test)> choose, IReadOnlyList<bool>? isTarget = null)
    {
        int Find(int user, SplitPart part)
        {
            for (int e = log.EndEvent(user) - 1; e >= log.FirstEvent(user); e--)
            {
                if (log.SplitOf(e) == part && (isTarget is null || isTarget[log.DomainOf(e)])) return e;
            }

            return -1;
        }

        int[] validation = new int[log.UserCount];
        int[] test = new int[log.UserCount];
        int[] trainingEnd = new int[log.UserCount];
        for (int user = 0; user < log.UserCount; user++)
        {
            (validation[user], test[user]) = choose(user, Find);
            int heldOut = (validation[user], test[user]) switch
            {
                ( < 0, < 0) => -1,
                ( < 0, var t) => t,
                (var v, < 0) => v,
                var (v, t) => Math.Min(v, t),
            };
            trainingEnd[user] = heldOut < 0 ? log.EndEvent(user) : log.VisibleEnd(user, heldOut);
            if (validation[user] >= 0 && log.VisibleEnd(user, validation[user]) == log.FirstEvent(user)) validation[user] = -1;
            if (test[user] >= 0 && log.VisibleEnd(user, test[user]) == log.FirstEvent(user)) test[user] = -1;
        }

        return new HeldOutSplit(validation, test, trainingEnd);
    }
}
