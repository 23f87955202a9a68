using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// A model that ranks items for sequences. Items and sequences are encoded apart, so that each distinct item is encoded once a step and serves
/// as history, as target and as negative.
/// </summary>
public abstract class Recommender(string name) : nn.Module(name)
{
    /// <summary>Whether the state at a position depends only on earlier ones, so that every position can give a loss in one pass.</summary>
    public abstract bool Causal { get; }

    /// <summary>What the two sides share about a set of items.</summary>
    public abstract ItemVectors EncodeItems(ItemBatch items);

    /// <returns>
    /// The states that <see cref="PackedSequences.StateOf"/> points at: [rows · length, width], one at each position of the packing, for causal
    /// models; else [sequences, width].
    /// </returns>
    public abstract Tensor EncodeSequences(ItemVectors items, PackedSequences sequences);

    /// <summary>The states together with what encoding them adds to the loss, a scalar already weighted, or null.</summary>
    public virtual (Tensor States, Tensor? Penalty) EncodeForTraining(ItemVectors items, PackedSequences sequences) =>
        (EncodeSequences(items, sequences), null);

    /// <summary>Called before an epoch's first step: what the model derives from all items for the length of an epoch is derived now.</summary>
    /// <param name="features">The items' features.</param>
    /// <param name="rows">Rows of every item of the flow.</param>
    /// <param name="seed">A function of the run's seed and the epoch.</param>
    public virtual void BeginEpoch(ItemFeatureTable features, int[] rows, ulong seed)
    {
    }

    /// <summary>The logit of each candidate for each state.</summary>
    /// <param name="states">[states, width]</param>
    /// <param name="candidates">Vectors of the candidates.</param>
    /// <param name="evidence">What the histories say about single candidates, or null where the model does not ask for it.</param>
    /// <returns>[states, candidates], already divided by the temperature.</returns>
    public abstract Tensor Score(Tensor states, ItemVectors candidates, HistoryEvidence? evidence);

    /// <summary>Parameters that stay fixed under <paramref name="freeze"/>.</summary>
    public abstract IEnumerable<TorchSharp.Modules.Parameter> Frozen(Configuration.Freeze freeze);

    /// <summary>Starts the step's random numbers, so that a step depends on its seed alone.</summary>
    public abstract void Reseed(ulong seed);
}
