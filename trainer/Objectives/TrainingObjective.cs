using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Layers;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Objectives;

/// <summary>The loss of one batch: sequence–item contrast + weight · sequence–sequence contrast.</summary>
public sealed class TrainingObjective(ModelConfig model, ObjectiveConfig objective)
{
    private readonly DropoutMasks _masks = new();

    /// <summary>Starts the step's random numbers.</summary>
    public void Reseed(ulong seed) => _masks.Reseed(~seed);

    /// <param name="recommender">The model, in training mode or not.</param>
    /// <param name="batch">Sequences, targets and candidates.</param>
    /// <param name="items">Features of the batch's distinct items, by slot.</param>
    /// <returns>A scalar that can be differentiated.</returns>
    public Tensor Loss(Recommender recommender, SequenceBatch batch, ItemBatch items)
    {
        using var scope = NewDisposeScope();
        var vectors = recommender.EncodeItems(items);
        var (states, penalty) = recommender.EncodeForTraining(vectors, batch.Sequences);
        var logits = recommender.Logits(states.index_select(0, batch.TargetStates), vectors.First(batch.CandidateCount), batch.Evidence);
        var loss = SequenceItemContrast.Loss(logits, batch.TargetSlots, batch.CandidateLogCount);
        if (penalty is not null) loss = loss + penalty;
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
