using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sequences;

/// <summary>What a history says about single candidates, beside the state that the network makes of it. Sparse over [targets, candidates].</summary>
/// <param name="Seen">Flat positions (target · candidates + candidate) of candidates that the history already holds; each once.</param>
/// <param name="Related">Flat positions of candidates that co-occur with the history's newest items; each once.</param>
/// <param name="Strength">By entry of <paramref name="Related"/>: Σ over those items of decay^age · C.</param>
/// <param name="Predicted">[targets, candidates]: what the regression on the history predicts, 0 or more; null without one.</param>
public sealed record HistoryEvidence(Tensor Seen, Tensor Related, Tensor Strength, Tensor? Predicted = null);
