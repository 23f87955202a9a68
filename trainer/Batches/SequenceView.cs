using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Batches;

/// <summary>How the second view of a batch's sequences came about.</summary>
public enum ViewKind
{
    ItemDrop,
    FeatureDrop,
    ModalityDrop,
    CrossDomain,
}

/// <summary>A second view of a batch's sequences, to be told apart from those of other users.</summary>
/// <param name="Kind">What was taken away.</param>
/// <param name="Sequences">The view's own packing, over the same slots.</param>
/// <param name="OriginalStates">[pairs] int64: which of the states that the batch's own packing asks for matches the view's, of which there is one a pair.</param>
/// <param name="TargetSlots">[pairs] int64: what each pair predicts; pairs with the same target are not contrasted.</param>
public sealed record SequenceView(ViewKind Kind, PackedSequences Sequences, Tensor OriginalStates, Tensor TargetSlots);
