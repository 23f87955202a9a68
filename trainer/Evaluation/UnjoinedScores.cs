using UniM2Rec.Trainer.Evidence;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>What the logits of some held-out targets are made of.</summary>
/// <param name="Scores">[targets, candidates]: the network's.</param>
/// <param name="Evidence">Of the same targets and candidates.</param>
/// <param name="Targets">[targets] int64: the candidate that each was.</param>
public sealed record UnjoinedScores(Tensor Scores, HistoryEvidence Evidence, Tensor Targets);
