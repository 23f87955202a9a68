using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Objectives;

/// <summary>
/// InfoNCE between sequences and their second views, by cosine / temperature (UniSRec eq. 9): each sequence is to find its own view among those
/// of the batch; views of sequences with the same target are masked.
/// </summary>
public static class SequenceSequenceContrast
{
    /// <param name="states">[pairs, width]: states of the sequences.</param>
    /// <param name="views">[pairs, width]: states of their views.</param>
    /// <param name="targets">[pairs] int64: what each predicts.</param>
    /// <param name="temperature">Divides the cosine.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Loss(Tensor states, Tensor views, Tensor targets, double temperature)
    {
        using var scope = NewDisposeScope();
        long pairs = targets.shape[0];
        var logits = nn.functional.normalize(states, dim: -1).matmul(nn.functional.normalize(views, dim: -1).t()) * (1 / temperature);
        var sameTarget = targets.unsqueeze(0).eq(targets.unsqueeze(1));
        var other = eye(pairs, dtype: ScalarType.Bool, device: targets.device).logical_not();
        var labels = arange(pairs, dtype: ScalarType.Int64, device: targets.device);
        return nn.functional.cross_entropy(logits.masked_fill(sameTarget.logical_and(other), float.NegativeInfinity), labels).MoveToOuterDisposeScope();
    }
}
