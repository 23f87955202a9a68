using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>The loss of one batch: sequence–item contrast + the model's own penalty + weight · sequence–sequence contrast, each a mean.</summary>
public sealed class TrainingObjective(ModelConfig model, ObjectiveConfig objective)
{
    private readonly DropoutMasks _masks = new();
    private ulong _seed;

    /// <summary>Scores of a part of a batch that are computed as a whole, at most; more are computed in blocks of candidates.</summary>
    public long MostScores { get; init; } = BlockedContrast.MostScores;

    /// <summary>Starts the step's random numbers.</summary>
    public void Reseed(ulong seed)
    {
        _seed = SplitMix64.MixAll(0, (long)seed);
        _masks.Reseed(_seed);
    }

    /// <summary>The batch's loss.</summary>
    /// <param name="recommender">The model, in training mode or not.</param>
    /// <param name="batch">Sequences, targets and candidates.</param>
    /// <param name="items">Features of the batch's distinct items, by slot.</param>
    /// <returns>A scalar that can be differentiated.</returns>
    public Tensor Loss(Recommender recommender, SequenceBatch batch, ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var vectors = Encode(recommender, items);
        return batch.Parts.Select(part => Loss(recommender, batch, part, vectors, items)).Aggregate((a, b) => a + b).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Adds the gradients of <see cref="Loss(Recommender, SequenceBatch, ItemBatch)"/> to those of the parameters,
    /// without holding all that leads to it. Where the batch is in several parts, the items are encoded once, each part is differentiated down to
    /// the items' vectors, and then these once: as the loss is a mean over the targets, the parts add up to it, each by its share of them.
    /// </summary>
    /// <param name="recommender">The model, in training mode or not.</param>
    /// <param name="batch">Sequences, targets and candidates.</param>
    /// <param name="items">Features of the batch's distinct items, by slot.</param>
    /// <returns>The loss.</returns>
    public double Differentiate(Recommender recommender, SequenceBatch batch, ItemBatch items)
    {
        using var scope = NewDisposeScope();
        if (batch.Parts is [var only] && !IsInBlocks(only, batch))
        {
            var whole = Loss(recommender, batch, items);
            if (whole.requires_grad) whole.backward(); // not so where there is no network and the strengths are joined later
            return whole.item<float>();
        }

        var vectors = Encode(recommender, items);
        var leaves = vectors.Map(Leaf);
        double sum = batch.Parts.Sum(part => Differentiate(recommender, batch, part, leaves, items));

        var learned = vectors.Tensors.Zip(leaves.Tensors).Where(v => v.First.requires_grad && v.Second.grad is not null).ToList();
        if (learned.Count > 0) autograd.backward(learned.ConvertAll(v => v.First), learned.ConvertAll(v => v.Second.grad!));
        return sum;
    }

    /// <summary>Adds the gradients of a part's share of the loss to those of the parameters and of the vectors, which are leaves.</summary>
    private double Differentiate(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, ItemBatch items)
    {
        using var scope = NewDisposeScope();
        if (!IsInBlocks(part, batch))
        {
            var loss = Loss(recommender, batch, part, vectors, items);
            if (loss.requires_grad) loss.backward();
            return loss.item<float>();
        }

        var (states, others) = Encode(recommender, batch, part, vectors, items);
        var predicting = states.index_select(0, part.TargetStates);
        var leaf = Leaf(predicting);
        double share = ShareOf(part, batch);
        double contrast = BlockedContrast.Differentiate(recommender, leaf, vectors, batch.CandidateCount, part, share, MostScores) * share;
        if (leaf.grad is { } gradient) autograd.backward([predicting], [gradient], retain_graph: others is not null);
        if (others is { requires_grad: true }) others.backward();
        return contrast + (others?.item<float>() ?? 0);
    }

    /// <summary>A weighted sample of the catalogue, or the batch's own targets, are never so many.</summary>
    private bool IsInBlocks(SequencePart part, SequenceBatch batch) => batch.CandidateLogWeight is null && (long)part.TargetCount * batch.CandidateCount > MostScores;

    private static double ShareOf(SequencePart part, SequenceBatch batch) => (double)part.TargetCount / batch.TargetCount;

    private static Tensor Leaf(Tensor vectors) => vectors.detach().requires_grad_(vectors.requires_grad);

    /// <summary>
    /// The items' vectors, by slot; and after them, where histories are to lack a modality, the same items' without the one that this step withholds.
    /// </summary>
    private ItemVectors Encode(Recommender recommender, ItemBatch items)
    {
        var whole = recommender.EncodeItems(items);
        return LacksModalities(items) ? ItemVectors.Concat([whole, recommender.EncodeItems(items.Without((int)(_seed % (ulong)items.Features.Count)))]) : whole;
    }

    private bool LacksModalities(ItemBatch items) => objective.HistoryModalityDropout > 0 && items.Features.Count > 1;

    /// <summary>The sequences, of which some are of the second half of the vectors.</summary>
    private PackedSequences Thinned(PackedSequences sequences, ItemBatch items)
    {
        if (!LacksModalities(items)) return sequences;
        float[] lacks = _masks.Draw([sequences.Sequences.Count], 1 - objective.HistoryModalityDropout, kept: 1).data<float>().ToArray();
        return sequences.Moved(Array.ConvertAll(lacks, l => l > 0), (int)items.Count);
    }

    /// <summary>The part's share of the batch's loss, a scalar.</summary>
    private Tensor Loss(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var (states, others) = Encode(recommender, batch, part, vectors, items);
        var logits = recommender.Logits(states.index_select(0, part.TargetStates), vectors.First(batch.CandidateCount), part.Collaborative);
        var loss = SequenceItemContrast.Loss(logits, part.TargetSlots, batch.CandidateLogWeight) * ShareOf(part, batch);
        return (others is null ? loss : loss + others).MoveToOuterDisposeScope();
    }

    /// <summary>The part's states, and its share of what adds to the contrast with the candidates, a scalar, or null for nothing.</summary>
    private (Tensor States, Tensor? Others) Encode(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, ItemBatch items)
    {
        var (states, terms) = recommender.EncodeForTraining(vectors, Thinned(part.Sequences, items));
        var others = terms.Select(term => term.Value * ShareOf(part, batch)).ToList();
        if (objective.SequenceContrast > 0 && batch.View is { } view)
        {
            var viewItems = ItemAugmentation.Apply(view.Kind, items, objective, (shape, share) => _masks.Draw(shape, share, kept: 1));
            var viewVectors = ReferenceEquals(viewItems, items) ? vectors : recommender.EncodeItems(viewItems);
            var (viewStates, viewTerms) = recommender.EncodeForTraining(viewVectors, view.Sequences);
            var contrast = SequenceSequenceContrast.Loss(
                states.index_select(0, view.OriginalStates), viewStates, view.TargetSlots, model.Temperature);
            others.AddRange([.. viewTerms.Select(term => term.Value), contrast * objective.SequenceContrast]);
        }

        return (states, others.Count == 0 ? null : others.Aggregate((a, b) => a + b));
    }
}
