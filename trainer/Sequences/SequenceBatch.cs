using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sequences;

/// <summary>What one step works on: sequences, their targets, and the distinct items of both.</summary>
/// <param name="Sequences">The packed histories.</param>
/// <param name="ItemRows">By slot: the item's row in the feature store. The first <paramref name="CandidateCount"/> slots are the candidates.</param>
/// <param name="CandidateCount">Number of candidates that targets are contrasted with.</param>
/// <param name="CandidateLogCount">[candidates]: log of how often each is a target of this batch, or null where each counts once.</param>
/// <param name="TargetStates">[targets] int64: which of the states that the packing asks for each target is predicted from.</param>
/// <param name="TargetSlots">[targets] int64: slot of each target among the candidates.</param>
/// <param name="Evidence">What the histories say about single candidates, or null where the model does not ask for it.</param>
/// <param name="View">A second view of the same sequences for the sequence–sequence contrast, or null.</param>
public sealed record SequenceBatch(
    PackedSequences Sequences,
    int[] ItemRows,
    int CandidateCount,
    Tensor? CandidateLogCount,
    Tensor TargetStates,
    Tensor TargetSlots,
    HistoryEvidence? Evidence = null,
    SequenceView? View = null)
{
    public int TargetCount => (int)TargetSlots.shape[0];
}
