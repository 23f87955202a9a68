using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>An encoded set of items: what sequences are made of, and, in each model's own form, what their states are compared with.</summary>
/// <param name="Input">[items, width]: what sequence encoders consume.</param>
public abstract record ItemVectors(Tensor Input)
{
    /// <summary>All tensors of the set, <see cref="Input"/> among them, each with the items along its first axis.</summary>
    public abstract IReadOnlyList<Tensor> Tensors { get; }

    /// <summary>The same with other tensors, in the order of <see cref="Tensors"/>.</summary>
    protected abstract ItemVectors With(IReadOnlyList<Tensor> tensors);

    /// <summary>What other programs can compare states with, by name; each [items, ...].</summary>
    public abstract IReadOnlyList<ExportedTensor> Exported { get; }

    /// <summary>The same with each tensor changed.</summary>
    public ItemVectors Map(Func<Tensor, Tensor> change) => With(Tensors.Select(change).ToList());

    /// <summary>The first <paramref name="count"/> items.</summary>
    public ItemVectors First(int count) => Slice(0, count);

    /// <summary><paramref name="count"/> items from the one with number <paramref name="first"/>.</summary>
    public ItemVectors Slice(int first, int count) => first == 0 && count == Input.shape[0] ? this : Map(t => t.narrow(0, first, count));

    /// <summary>Several sets of one model, one after the other.</summary>
    public static ItemVectors Concat(IReadOnlyList<ItemVectors> sets) =>
        sets[0].With(Enumerable.Range(0, sets[0].Tensors.Count).Select(t => cat(sets.Select(s => s.Tensors[t]).ToArray(), 0)).ToList());
}

/// <summary>Items that are compared by one vector.</summary>
/// <param name="Input">[items, width]</param>
/// <param name="Candidate">[items, width]: what states are compared with; of unit length where that is by cosine.</param>
public sealed record SingleVectors(Tensor Input, Tensor Candidate) : ItemVectors(Input)
{
    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> Tensors => [Input, Candidate];

    /// <inheritdoc/>
    public override IReadOnlyList<ExportedTensor> Exported =>
        [new(ExportTensors.Candidates, Candidate, "[candidates, width]: what a user's vector is multiplied with" + (ReferenceEquals(Input, Candidate) ? "" : "; unit length"))];

    /// <inheritdoc/>
    protected override ItemVectors With(IReadOnlyList<Tensor> tensors) => new SingleVectors(tensors[0], tensors[1]);
}
