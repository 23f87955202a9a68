using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// Cross-entropy of each target against the candidates. Over the whole catalogue, or a weighted sample of it, it is the fine-tuning loss; over the batch's targets it is the
/// sequence–item contrast with in-batch negatives across domains (UniSRec eq. 8): each distinct target is one column, and the log of its weight
/// (its count, which stands for the rows that share it) is added to it, except for the positive itself, whose other rows are masked. (UniSRec's code sets those to a logit of 0,
/// which leaves exp(0) in the sum; here they are absent.)
/// </summary>
public static class SequenceItemContrast
{
    /// <param name="logits">[targets, candidates]</param>
    /// <param name="targets">[targets] int64: column of each positive.</param>
    /// <param name="candidateLogWeight">[candidates], or null where every candidate counts once.</param>
    /// <returns>The mean loss, a scalar.</returns>
    public static Tensor Loss(Tensor logits, Tensor targets, Tensor? candidateLogWeight)
    {
        using var scope = NewDisposeScope();
        if (candidateLogWeight is not null)
        {
            var column = targets.unsqueeze(1);
            logits = (logits + candidateLogWeight).scatter(1, column, logits.gather(1, column));
        }

        return nn.functional.cross_entropy(logits, targets).MoveToOuterDisposeScope();
    }
}

/// <summary>
/// InfoNCE between sequences and their second views, by cosine / temperature (UniSRec eq. 9): each sequence is to find its own view among those
/// of the batch; views of sequences with the same target are masked.
/// </summary>
public static class SequenceSequenceContrast
{
    /// <param name="states">[some, width]: states of the sequences, or of a stretch of them.</param>
    /// <param name="views">[pairs, width]: states of the views of all sequences.</param>
    /// <param name="targets">[pairs] int64: what each predicts.</param>
    /// <param name="temperature">Divides the cosine.</param>
    /// <param name="first">Number of the pair that the stretch begins with.</param>
    /// <returns>The mean loss of the stretch, a scalar.</returns>
    public static Tensor Loss(Tensor states, Tensor views, Tensor targets, double temperature, int first = 0)
    {
        using var scope = NewDisposeScope();
        long pairs = targets.shape[0], some = states.shape[0];
        var logits = nn.functional.normalize(states, dim: -1).matmul(nn.functional.normalize(views, dim: -1).t()) * (1 / temperature);
        var sameTarget = targets.unsqueeze(0).eq(targets.narrow(0, first, some).unsqueeze(1));
        var labels = arange(first, first + some, dtype: ScalarType.Int64, device: targets.device);
        var other = arange(pairs, dtype: ScalarType.Int64, device: targets.device).unsqueeze(0).ne(labels.unsqueeze(1));
        return nn.functional.cross_entropy(logits.masked_fill(sameTarget.logical_and(other), float.NegativeInfinity), labels).MoveToOuterDisposeScope();
    }
}
