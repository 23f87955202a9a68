using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Objectives;

/// <summary>
/// Cross-entropy of each target against the candidates. Over the whole catalogue it is the fine-tuning loss; over the batch's targets it is the
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
            var own = candidateLogWeight.index_select(0, targets).unsqueeze(1);
            logits = (logits + candidateLogWeight).scatter_add(1, column, own.neg());
        }

        return nn.functional.cross_entropy(logits, targets).MoveToOuterDisposeScope();
    }
}
