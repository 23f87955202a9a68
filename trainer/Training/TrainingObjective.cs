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
        if (batch.Parts.Count == 1)
        {
            var whole = Loss(recommender, batch, items);
            if (whole.requires_grad) whole.backward(); // not so where there is no network and the strengths are joined later
            return whole.item<float>();
        }

        var vectors = Encode(recommender, items);
        var leaves = vectors.Map(Leaf);
        double sum = 0;
        foreach (var part in batch.Parts)
        {
            using var inner = NewDisposeScope();
            var loss = Loss(recommender, batch, part, leaves, items);
            if (loss.requires_grad) loss.backward();
            sum += loss.item<float>();
        }

        // A sum whose gradient by the vectors is what the parts left at the leaves.
        var carried = vectors.Tensors.Zip(leaves.Tensors)
            .Where(v => v.First.requires_grad && v.Second.grad is not null)
            .Select(v => (v.First * v.Second.grad!).sum()).ToList();
        if (carried.Count > 0) carried.Aggregate((a, b) => a + b).backward();
        return sum;
    }

    private static Tensor Add(Tensor loss, IEnumerable<LossTerm> terms) => terms.Aggregate(loss, (sum, term) => sum + term.Value);

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
        var (states, terms) = recommender.EncodeForTraining(vectors, Thinned(part.Sequences, items));
        var logits = recommender.Logits(states.index_select(0, part.TargetStates), vectors.First(batch.CandidateCount), part.Collaborative);
        var loss = SequenceItemContrast.Loss(logits, part.TargetSlots, batch.CandidateLogWeight);
        loss = Add(loss, terms);
        if (batch.Parts.Count > 1) loss = loss * ((double)part.TargetCount / batch.TargetCount);
        if (objective.SequenceContrast > 0 && batch.View is { } view)
        {
            var viewItems = ItemAugmentation.Apply(view.Kind, items, objective, (shape, share) => _masks.Draw(shape, share, kept: 1));
            var viewVectors = ReferenceEquals(viewItems, items) ? vectors : recommender.EncodeItems(viewItems);
            var (viewStates, viewTerms) = recommender.EncodeForTraining(viewVectors, view.Sequences);
            loss = Add(loss, viewTerms);
            var contrast = SequenceSequenceContrast.Loss(
                states.index_select(0, view.OriginalStates), viewStates, view.TargetSlots, model.Temperature);
            loss = loss + (contrast * objective.SequenceContrast);
        }

        return loss.MoveToOuterDisposeScope();
    }
}
