using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// A model that ranks items for sequences. Items and sequences are encoded apart, so that each distinct item is encoded once a step and serves
/// as history, as target and as negative.
/// </summary>
public abstract class Recommender : nn.Module
{
    /// <summary>Registered with the other components by the model's own constructor; its name is what checkpoints know it by.</summary>
    protected readonly ScoreCombination? evidence_head;

    /// <param name="name">The model's name.</param>
    /// <param name="collaborative">Which collaborative scores are joined with the network's.</param>
    protected Recommender(string name, CollaborativeConfig collaborative)
        : base(name) =>
        evidence_head = Collaborative.ScoreCombination.For(collaborative);

    /// <summary>What joins the scores with the collaborative scores, or null where the model looks at the scores alone.</summary>
    public ScoreCombination? ScoreCombination => evidence_head;

    /// <summary>Whether the state at a position depends only on earlier ones, so that every position can give a loss in one pass.</summary>
    public abstract bool Causal { get; }

    /// <summary>Whether a state is made from the latest event of a predicted domain too (<see cref="PackedSequences.Own"/>).</summary>
    public virtual bool ReadsOwn => false;

    /// <summary>Whether the model tells candidates apart by itself, without collaborative scores.</summary>
    public virtual bool HasNetwork => true;

    /// <summary>What the two sides share about a set of items.</summary>
    public abstract ItemVectors EncodeItems(ItemBatch items);

    /// <returns>[states, width]: those that the packing asks for, in the order of <see cref="PackedSequences.States"/>.</returns>
    public abstract Tensor EncodeSequences(ItemVectors items, PackedSequences sequences);

    /// <summary>The states together with the terms that encoding them adds to the loss.</summary>
    public virtual EncodedSequences EncodeForTraining(ItemVectors items, PackedSequences sequences) => new(EncodeSequences(items, sequences), []);

    /// <summary>
    /// Called before an epoch's first step: what the model derives from all items for the length of an epoch is derived now, into buffers, as of several processes that
    /// train together one derives it for all.
    /// </summary>
    /// <param name="features">The items' features.</param>
    /// <param name="rows">Rows of every item of the flow.</param>
    /// <param name="seed">A function of the run's seed and the epoch.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    public virtual void BeginEpoch(ItemFeatures features, int[] rows, ulong seed, WorkContext context)
    {
    }

    /// <summary>Makes what the model keeps about these items fit other features than training saw; for models that keep nothing, there is nothing to do.</summary>
    /// <param name="items">Some items, each with its new features.</param>
    public virtual void Refit(ItemBatch items)
    {
    }

    /// <summary>Names, in checkpoints, of parameters and buffers with a row for each item of the store.</summary>
    public virtual IReadOnlyList<string> ByItem => [];

    /// <summary>Names, in checkpoints, of parameters with a row for each domain of the store.</summary>
    public virtual IReadOnlyList<string> ByDomain => [];

    /// <summary>Gives items that the weights do not know what the model keeps about single items, so that they are known by their features.</summary>
    /// <param name="items">The new items.</param>
    public virtual void Admit(ItemBatch items)
    {
    }

    /// <summary>What the model makes of some items on its inside, for people to look at; null where it has nothing to show.</summary>
    /// <param name="items">The items' features.</param>
    /// <param name="states">[states, width]: of some histories, for models that weigh by them.</param>
    public virtual ItemInsight? Inspect(ItemBatch items, Tensor states) => null;

    /// <summary>[items of the store, modalities] int64: the interest that each item belongs to by each modality, or -1; null for models without interests.</summary>
    public virtual Tensor? InterestOfItems => null;

    /// <summary>How well each candidate fits each state.</summary>
    /// <param name="states">[states, width]</param>
    /// <param name="candidates">Vectors of the candidates.</param>
    /// <returns>[states, candidates], already divided by the temperature.</returns>
    public abstract Tensor Score(Tensor states, ItemVectors candidates);

    /// <summary>The logit of each candidate for each state: <see cref="Score"/> joined with the collaborative scores.</summary>
    /// <param name="states">[states, width]</param>
    /// <param name="candidates">Vectors of the candidates.</param>
    /// <param name="collaborative">What the histories say about single candidates, or null where the model does not ask for it.</param>
    /// <returns>[states, candidates]</returns>
    public Tensor Logits(Tensor states, ItemVectors candidates, CollaborativeScores? collaborative)
    {
        using var scope = NewDisposeScope();
        return Join(Score(states, candidates), collaborative).MoveToOuterDisposeScope();
    }

    /// <summary>The same from scores.</summary>
    public Tensor Join(Tensor scores, CollaborativeScores? collaborative) => evidence_head is null || collaborative is null ? scores : evidence_head.Join(scores, collaborative);

    /// <summary>
    /// What a program without Torch needs beside <see cref="ItemVectors.Exported"/> to score as <see cref="EncodeSequences"/> and <see cref="Score"/> do, or null
    /// where all scores are 0.
    /// </summary>
    /// <param name="rows">[items] int64: rows in the feature store of the items that histories are made of.</param>
    /// <exception cref="UserErrorException">The model does not say.</exception>
    public virtual NetworkExport? Export(Tensor rows) =>
        throw new UserErrorException($"The model {GetName()} does not say how it is exported, so only recommend serves it; give it Recommender.Export (docs/EXTENDING.md).");

    /// <summary>Parameters that stay fixed under <paramref name="freeze"/>.</summary>
    public abstract IEnumerable<TorchSharp.Modules.Parameter> Frozen(Freeze freeze);

    /// <summary>
    /// Whether a parameter or buffer belongs to one catalogue or one way of training, so that a model that starts from a pre-trained one has it
    /// anew where it has no counterpart there.
    /// </summary>
    public bool StartsFresh(string parameter) =>
        parameter.StartsWith($"{nameof(evidence_head)}.", StringComparison.Ordinal) || OfOneCatalogue(parameter);

    /// <summary>Whether checkpoints from before a number was there may lack it, by its name in checkpoints; it is then as it is in a new model.</summary>
    public static bool CameLater(string name) => name == $"{nameof(evidence_head)}.{Collaborative.ScoreCombination.Unknown}";

    /// <summary>Whether a parameter or buffer, by its name in checkpoints, belongs to the items of one catalogue.</summary>
    protected abstract bool OfOneCatalogue(string parameter);

    /// <summary>Starts the step's random numbers, so that a step depends on its seed alone.</summary>
    public abstract void Reseed(ulong seed);
}

/// <summary>What a model makes of some items on its inside.</summary>
/// <param name="Gates">By modality: [items, experts], how much each expert counts; null where the modality has no experts to choose from.</param>
/// <param name="Weights">[items, modalities]: how much each modality counts, 0 where the item lacks it.</param>
public sealed record ItemInsight(IReadOnlyList<Tensor?> Gates, Tensor Weights);

/// <summary>Sequences as training has them.</summary>
/// <param name="States">[states, width]</param>
/// <param name="Terms">What encoding them adds to the loss.</param>
public sealed record EncodedSequences(Tensor States, IReadOnlyList<LossTerm> Terms);

/// <summary>A term of the loss that a model adds to the contrast.</summary>
/// <param name="Name">For people to read.</param>
/// <param name="Value">A scalar, already weighted, and a mean over the sequences.</param>
public sealed record LossTerm(string Name, Tensor Value);

/// <summary>A network for programs without Torch.</summary>
/// <param name="Network">How a user's vector and the candidates' tensors make a score.</param>
/// <param name="Tower">The user side.</param>
/// <param name="Tensors">What the user side needs beside the items' vectors.</param>
public sealed record NetworkExport(ExportedNetwork Network, Layers.TowerGraph Tower, IReadOnlyList<ExportedTensor> Tensors);

/// <summary>A tensor of an export.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Value">float32 or int64, which is written as int32.</param>
/// <param name="Meaning">Shape and what it is, for people.</param>
public sealed record ExportedTensor(string Name, Tensor Value, string Meaning);
