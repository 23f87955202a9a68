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

    /// <summary>Starts the step's random numbers.</summary>
    public void Reseed(ulong seed) => _masks.Reseed(~seed);

    /// <summary>The batch's loss.</summary>
    /// <param name="recommender">The model, in training mode or not.</param>
    /// <param name="batch">Sequences, targets and candidates.</param>
    /// <param name="items">Features of the batch's distinct items, by slot.</param>
    /// <returns>A scalar that can be differentiated.</returns>
    public Tensor Loss(Recommender recommender, SequenceBatch batch, ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var vectors = recommender.EncodeItems(items);
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
            whole.backward();
            return whole.item<float>();
        }

        var vectors = recommender.EncodeItems(items);
        var leaves = vectors with { Input = Leaf(vectors.Input), Candidate = Leaf(vectors.Candidate) };
        double sum = 0;
        foreach (var part in batch.Parts)
        {
            using var inner = NewDisposeScope();
            var loss = Loss(recommender, batch, part, leaves, items);
            loss.backward();
            sum += loss.item<float>();
        }

        // A sum whose gradient by the vectors is what the parts left at the leaves.
        var carried = new[] { (vectors.Input, leaves.Input), (vectors.Candidate, leaves.Candidate) }
            .Where(v => v.Item1.requires_grad && v.Item2.grad is not null)
            .Select(v => (v.Item1 * v.Item2.grad!).sum()).ToList();
        if (carried.Count > 0) carried.Aggregate((a, b) => a + b).backward();
        return sum;
    }

    private static Tensor Leaf(Tensor vectors) => vectors.detach().requires_grad_(vectors.requires_grad);

    /// <summary>The part's share of the batch's loss, a scalar.</summary>
    private Tensor Loss(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var (states, penalty) = recommender.EncodeForTraining(vectors, part.Sequences);
        var logits = recommender.Logits(states.index_select(0, part.TargetStates), vectors.First(batch.CandidateCount), part.Collaborative);
        var loss = SequenceItemContrast.Loss(logits, part.TargetSlots, batch.CandidateLogWeight);
        if (penalty is not null) loss = loss + penalty;
        if (batch.Parts.Count > 1) loss = loss * ((double)part.TargetCount / batch.TargetCount);
        if (objective.SequenceContrast > 0 && batch.View is { } view)
        {
            var viewVectors = view.Kind switch
            {
                ViewKind.FeatureDrop => recommender.EncodeItems(WithoutFeatures(items)),
                ViewKind.ModalityDrop => recommender.EncodeItems(WithoutOneModality(items)),
                _ => vectors,
            };
            var (viewStates, viewPenalty) = recommender.EncodeForTraining(viewVectors, view.Sequences);
            if (viewPenalty is not null) loss = loss + viewPenalty;
            var contrast = SequenceSequenceContrast.Loss(
                states.index_select(0, view.OriginalStates), viewStates, view.TargetSlots, model.Temperature);
            loss = loss + (contrast * objective.SequenceContrast);
        }

        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Feature drop: entries of every feature vector become 0.</summary>
    private ItemBatch WithoutFeatures(ItemBatch items) => items with
    {
        Features = items.Features.Select(x => x * _masks.Draw(x.shape, objective.FeatureDrop, kept: 1).to(x.device)).ToList(),
    };

    /// <summary>Modality drop: each item loses one modality drawn at random, unless it would be its last.</summary>
    private ItemBatch WithoutOneModality(ItemBatch items)
    {
        int modalities = items.Features.Count;
        if (modalities < 2) return items;
        var lost = randint(modalities, [items.Count, 1], dtype: ScalarType.Int64, device: items.Present.device);
        var kept = items.Present.scatter(1, lost, zeros_like(items.Present));
        return items with { Present = where(kept.sum(1, keepdim: true).gt(0), kept, items.Present) };
    }
}
