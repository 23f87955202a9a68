using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Data;

/// <summary>What a history says about single candidates, beside the state that the network makes of it.</summary>
/// <param name="Seen">Flat positions (target · candidates + candidate) of candidates that the history already holds; each once.</param>
/// <param name="Related">How often others had the candidate together with the history's newest items; null without.</param>
/// <param name="Followed">How often the candidate came after them in others' histories; null without.</param>
/// <param name="Predicted">[targets, candidates]: what the regression on the history predicts, 0 or more; null without one.</param>
public sealed record CollaborativeScores(Tensor Seen, SparseScores? Related = null, SparseScores? Followed = null, Tensor? Predicted = null)
{
    /// <summary>[targets, candidates]: how near the candidate is to the history by its features, 0 or more; null without.</summary>
    public Tensor? Content { get; init; }

    /// <summary>[some] int64: candidates that no strength but that of the content can ever reach, as no history of training holds them; null for none.</summary>
    public Tensor? Unknown { get; init; }

    /// <summary>The same as Related of the history's events in other domains than the candidates', where these count apart.</summary>
    public SparseScores? RelatedElsewhere { get; init; }

    /// <summary>The same as Followed of those events.</summary>
    public SparseScores? FollowedElsewhere { get; init; }
}

/// <summary>A matrix of [targets, candidates] of which only what is not zero is held.</summary>
/// <param name="Positions">[entries] int64: flat positions (target · candidates + candidate), each once.</param>
/// <param name="Values">[entries]: what stands there, above 0.</param>
public sealed record SparseScores(Tensor Positions, Tensor Values);
