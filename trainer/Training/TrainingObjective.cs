using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Layers;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>The loss of one batch: sequence–item contrast + the model's own penalty + weight · sequence–sequence contrast, each a mean.</summary>
public sealed class TrainingObjective(ModelConfig model, ObjectiveConfig objective)
{
    private readonly DropoutMasks _masks = new();
    private readonly DropoutMasks _ownMasks = new();
    private ulong _seed;

    /// <summary>Scores of a part of a batch that are computed as a whole, at most; more are computed in blocks of candidates.</summary>
    public long MostScores { get; init; } = BlockedContrast.MostScores;

    /// <summary>Who shares a step.</summary>
    public ICommunicator Ranks { get; init; } = SingleProcess.Instance;

    /// <summary>Starts the step's random numbers.</summary>
    public void Reseed(ulong seed)
    {
        _seed = SplitMix64.MixAll(0, (long)seed);
        _masks.Reseed(_seed);
        _ownMasks.Reseed(SplitMix64.MixAll(Ranks.Rank, (long)seed));
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
        var step = new StepItems(items);
        return batch.Parts.Select(part => Loss(recommender, batch, part, vectors, step)).Aggregate((a, b) => a + b).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Adds the gradients of <see cref="Loss(Recommender, SequenceBatch, ItemBatch)"/> to those of the parameters,
    /// without holding all that leads to it. Where the batch is in several parts, the items are encoded once, each part is differentiated down to
    /// the items' vectors, and then these once: as the loss is a mean over the targets, the parts add up to it, each by its share of them.
    /// </summary>
    /// <param name="recommender">The model, in training mode or not.</param>
    /// <param name="batch">Sequences, targets and candidates.</param>
    /// <param name="items">Features of the batch's distinct items, by slot.</param>
    /// <returns>The loss, a scalar without a gradient: nobody waits for it here.</returns>
    public Tensor Differentiate(Recommender recommender, SequenceBatch batch, ItemBatch items) => Differentiate(recommender, batch, _ => items);

    /// <inheritdoc cref="Differentiate(Recommender, SequenceBatch, ItemBatch)"/>
    /// <param name="recommender">The model, in training mode or not.</param>
    /// <param name="batch">Sequences, targets and candidates.</param>
    /// <param name="gather">Features of items by their rows; where several processes share the batch, each reads those that it encodes.</param>
    public Tensor Differentiate(Recommender recommender, SequenceBatch batch, Func<int[], ItemBatch> gather)
    {
        using var scope = NewDisposeScope();
        if (Ranks.Size > 1) return DifferentiateShared(recommender, batch, gather).MoveToOuterDisposeScope();
        var items = gather(batch.ItemRows);
        if (batch.Parts is [var only] && !IsInBlocks(only, batch))
        {
            var whole = Loss(recommender, batch, items);
            if (whole.requires_grad) whole.backward(); // not so where there is no network and the strengths are joined later
            return whole.detach().MoveToOuterDisposeScope();
        }

        var vectors = Encode(recommender, items);
        var leaves = vectors.Map(Leaf);
        var step = new StepItems(items);
        var sum = Sum(batch, part => Differentiate(recommender, batch, part, leaves, step));

        var learned = vectors.Tensors.Zip(leaves.Tensors).Where(v => v.First.requires_grad && v.Second.grad is not null).ToList();
        if (learned.Count > 0) autograd.backward(learned.ConvertAll(v => v.First), learned.ConvertAll(v => v.Second.grad!));
        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>The same where several processes share the batch: each encodes a stretch of the items and differentiates a stretch of the sequences.</summary>
    private Tensor DifferentiateShared(Recommender recommender, SequenceBatch batch, Func<int[], ItemBatch> gather)
    {
        var shared = new SharedGradients(Ranks, [.. recommender.parameters().Where(p => p.requires_grad)]);
        var items = gather(shared.Own(batch.ItemRows));
        var own = Sets(recommender, items);
        var leaves = shared.Gather(own, batch.ItemRows.Length);
        var step = new StepItems(batch.ItemRows.Length, items.Features.Count, () => gather(batch.ItemRows));
        var sum = Sum(batch, part => Differentiate(recommender, batch, part, leaves, step));
        return tensor((float)shared.Complete(HostDevice.Ask(sum), own, leaves)); // what processes tell each other goes over the host in any case
    }

    /// <summary>Adds the gradients of a part's share of the loss to those of the parameters and of the vectors, which are leaves.</summary>
    private Tensor Differentiate(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, StepItems items)
    {
        using var scope = NewDisposeScope();
        var (states, others, views) = Encode(recommender, batch, part, vectors, items);
        if (!IsInBlocks(part, batch))
        {
            var loss = Loss(recommender, batch, part, vectors, (states, others));
            if (loss.requires_grad) loss.backward();
            views?.Differentiate(Ranks);
            return WithTerms(loss, views).MoveToOuterDisposeScope();
        }

        var predicting = states.index_select(0, part.TargetStates);
        var leaf = Leaf(predicting);
        double share = ShareOf(part, batch);
        var contrast = BlockedContrast.Differentiate(recommender, leaf, vectors, batch.CandidateCount, part, share, MostScores) * share;
        if (leaf.grad is { } gradient) autograd.backward([predicting], [gradient], retain_graph: others is not null);
        if (others is { requires_grad: true }) others.backward();
        views?.Differentiate(Ranks);
        return WithTerms(others is null ? contrast : contrast + others, views).MoveToOuterDisposeScope();
    }

    private static Tensor WithTerms(Tensor loss, SharedViews? views) => (views?.Terms is { } terms ? loss + terms : loss).detach();

    private static Tensor Sum(SequenceBatch batch, Func<SequencePart, Tensor> loss) => batch.Parts.Select(loss).Aggregate((a, b) => a + b);

    /// <summary>A weighted sample of the catalogue, or the batch's own targets, are never so many.</summary>
    private bool IsInBlocks(SequencePart part, SequenceBatch batch) => batch.CandidateLogWeight is null && (long)part.TargetCount * batch.CandidateCount > MostScores;

    private static double ShareOf(SequencePart part, SequenceBatch batch) => (double)part.TargetCount / batch.TargetCount;

    private static Tensor Leaf(Tensor vectors) => vectors.detach().requires_grad_(vectors.requires_grad);

    /// <summary>
    /// The items' vectors, by slot; and after them, where histories are to lack a modality, the same items' without the one that this step withholds.
    /// </summary>
    private ItemVectors Encode(Recommender recommender, ItemBatch items) => Sets(recommender, items) is var sets && sets.Count == 1 ? sets[0] : ItemVectors.Concat(sets);

    /// <summary>The same, apart.</summary>
    private List<ItemVectors> Sets(Recommender recommender, ItemBatch items)
    {
        var whole = recommender.EncodeItems(items);
        return LacksModalities(items.Features.Count) ? [whole, recommender.EncodeItems(items.Without((int)(_seed % (ulong)items.Features.Count)))] : [whole];
    }

    private bool LacksModalities(int modalities) => objective.HistoryModalityDropout > 0 && modalities > 1;

    /// <summary>The sequences, of which some are of the second half of the vectors.</summary>
    private PackedSequences Thinned(PackedSequences sequences, StepItems items)
    {
        if (!LacksModalities(items.Modalities)) return sequences;
        float[] lacks = (Ranks.Rank == 0 ? _masks : _ownMasks).Draw([sequences.Sequences.Count], 1 - objective.HistoryModalityDropout, kept: 1).data<float>().ToArray();
        return sequences.Moved(Array.ConvertAll(lacks, l => l > 0), items.Count);
    }

    /// <summary>The part's share of the batch's loss, a scalar.</summary>
    private Tensor Loss(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, StepItems items)
    {
        using var scope = NewDisposeScope();
        var (states, others, _) = Encode(recommender, batch, part, vectors, items);
        return Loss(recommender, batch, part, vectors, (states, others)).MoveToOuterDisposeScope();
    }

    private static Tensor Loss(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, (Tensor States, Tensor? Others) encoded)
    {
        using var scope = NewDisposeScope();
        var (states, others) = encoded;
        var logits = recommender.Logits(states.index_select(0, part.TargetStates), vectors.First(batch.CandidateCount), part.Collaborative);
        var loss = SequenceItemContrast.Loss(logits, part.TargetSlots, batch.CandidateLogWeight) * ShareOf(part, batch);
        return (others is null ? loss : loss + others).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The part's states, and its share of what adds to the contrast with the candidates, a scalar, or null for nothing; and, where several processes share the batch, the
    /// views, which are differentiated after that.
    /// </summary>
    private (Tensor States, Tensor? Others, SharedViews? Views) Encode(Recommender recommender, SequenceBatch batch, SequencePart part, ItemVectors vectors, StepItems items)
    {
        var (states, terms) = recommender.EncodeForTraining(vectors, Thinned(part.Sequences, items));
        var others = terms.Select(term => term.Value * ShareOf(part, batch)).ToList();
        SharedViews? views = null;
        if (objective.SequenceContrast > 0 && batch.View is { } view)
        {
            var viewVectors = vectors;
            if (view.Kind is ViewKind.FeatureDrop or ViewKind.ModalityDrop && items.All() is var all)
            {
                var viewItems = ItemAugmentation.Apply(view.Kind, all, objective, (shape, share, device) => _masks.Draw(shape, share, kept: 1, device));
                if (!ReferenceEquals(viewItems, all)) viewVectors = recommender.EncodeItems(viewItems);
            }

            var (viewStates, viewTerms) = recommender.EncodeForTraining(viewVectors, view.Sequences);
            double share = (double)view.OwnCount / view.Pairs.Sum();
            var added = viewTerms.Select(term => term.Value * share);
            var own = viewStates.narrow(0, 0, view.OwnCount);
            if (Ranks.Size == 1) others.AddRange(added);
            else views = new SharedViews(own, Ranks.Gather(own, view.Pairs).requires_grad_(own.requires_grad), Sum([.. added]), view);
            var contrast = view.OwnCount == 0
                ? null
                : SequenceSequenceContrast.Loss(states.index_select(0, view.OriginalStates), views?.All ?? own, view.TargetSlots, model.Temperature, view.First);
            if (contrast is not null) others.Add(contrast * (objective.SequenceContrast * share));
        }

        return (states, Sum(others), views);
    }

    private static Tensor? Sum(List<Tensor> terms) => terms.Count == 0 ? null : terms.Aggregate((a, b) => a + b);

    /// <summary>The items of a step, of which a process may have encoded a stretch.</summary>
    /// <param name="Count">How many they are.</param>
    /// <param name="Modalities">Of each.</param>
    /// <param name="All">Reads the features of all.</param>
    private sealed record StepItems(int Count, int Modalities, Func<ItemBatch> All)
    {
        public StepItems(ItemBatch items)
            : this((int)items.Count, items.Features.Count, () => items)
        {
        }
    }

    /// <summary>A second view that several processes share: what comes back to a process's views comes from all.</summary>
    /// <param name="Own">[own pairs, width]</param>
    /// <param name="All">[pairs, width], a leaf.</param>
    /// <param name="Terms">What encoding the view adds to the loss, or null for nothing.</param>
    /// <param name="View">Whose pairs are whose.</param>
    private sealed record SharedViews(Tensor Own, Tensor All, Tensor? Terms, SequenceView View)
    {
        /// <summary>Adds the gradients of the views' share of the loss, after that of the sequences.</summary>
        public void Differentiate(ICommunicator ranks)
        {
            var gradient = All.grad ?? zeros_like(All).detach();
            ranks.Sum([gradient]);
            var (outputs, gradients) = (new List<Tensor>(), new List<Tensor>());
            if (View.OwnCount > 0 && Own.requires_grad)
            {
                outputs.Add(Own);
                gradients.Add(gradient.narrow(0, View.First, View.OwnCount));
            }

            if (Terms is { requires_grad: true } && View.OwnCount > 0)
            {
                outputs.Add(Terms);
                gradients.Add(ones_like(Terms).detach());
            }

            if (outputs.Count > 0) autograd.backward(outputs, gradients);
        }
    }
}
