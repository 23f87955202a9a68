using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Batches;

/// <summary>What one step works on: sequences, their targets, and the distinct items of both.</summary>
/// <param name="Parts">The sequences in one part, or in several where they are many.</param>
/// <param name="ItemRows">By slot: the item's row in the feature store. The first <paramref name="CandidateCount"/> slots are the candidates.</param>
/// <param name="CandidateCount">Number of candidates that targets are contrasted with.</param>
/// <param name="CandidateLogWeight">[candidates]: log of what each counts for when it is not the positive, or null where each counts once.</param>
/// <param name="View">A second view of the same sequences, which then are one part, for the sequence–sequence contrast; or null.</param>
public sealed record SequenceBatch(
    IReadOnlyList<SequencePart> Parts, int[] ItemRows, int CandidateCount, Tensor? CandidateLogWeight, SequenceView? View = null)
{
    public int TargetCount => Parts.Sum(p => p.TargetCount);
}
