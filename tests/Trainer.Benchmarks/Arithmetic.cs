using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Benchmarks;

/// <summary>Multiplications and additions of one step's matrix products, counted from the shapes.</summary>
internal static class Arithmetic
{
    /// <param name="model">The network.</param>
    /// <param name="widths">Widths of the modalities.</param>
    /// <param name="batch">The step's batch.</param>
    public static double PerStep(ModelConfig model, IReadOnlyList<int> widths, SequenceBatch batch)
    {
        double d = model.Width;
        double experts = model.Adaptor == AdaptorKind.Mixture ? model.Experts : 1;
        // Features are frozen, so the items' product runs forward and for the weights' gradient only; all others run three times.
        double items = 2 * 2.0 * batch.ItemRows.Length * widths.Sum(w => w * experts * d);
        double encoder = batch.Parts.Sum(part =>
            3 * 2.0 * part.Sequences.Slots.numel() * model.Layers * ((4 * d * d) + (2 * d * model.FeedForward) + (2 * part.Sequences.Slots.shape[1] * d)));
        double scores = 3 * 2.0 * batch.TargetCount * batch.CandidateCount * d;
        return items + encoder + scores;
    }
}
