namespace UniM2Rec.Trainer.Sequences;

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
