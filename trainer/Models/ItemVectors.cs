using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>An encoded set of items.</summary>
/// <param name="Input">[items, width]: what sequence encoders consume.</param>
/// <param name="Candidate">[items, width]: what states are compared with; for cosine models of unit length.</param>
/// <param name="Rows">[items] int64: rows in the feature store, for models that look sequences' items up in tables of their own; else null.</param>
public sealed record ItemVectors(Tensor Input, Tensor Candidate, Tensor? Rows = null)
{
    /// <summary>The first <paramref name="count"/> items.</summary>
    public ItemVectors First(int count) =>
        count == Input.shape[0] ? this : new(Input.narrow(0, 0, count), Candidate.narrow(0, 0, count), Rows?.narrow(0, 0, count));
}
