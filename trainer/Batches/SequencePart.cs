using UniM2Rec.Trainer.Evidence;
using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Batches;

/// <summary>Some of a batch's sequences with their targets, which are encoded and differentiated together.</summary>
/// <param name="Sequences">The packed histories.</param>
/// <param name="TargetStates">[targets] int64: which of the states that the packing asks for each target is predicted from.</param>
/// <param name="TargetSlots">[targets] int64: slot of each target among the batch's candidates.</param>
/// <param name="Evidence">What the histories say about single candidates, or null where the model does not ask for it.</param>
public sealed record SequencePart(PackedSequences Sequences, Tensor TargetStates, Tensor TargetSlots, HistoryEvidence? Evidence)
{
    public int TargetCount => (int)TargetSlots.shape[0];
}
