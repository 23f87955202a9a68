using UniM2Rec.Trainer.Configuration;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// Makes the second view of the sequence–sequence contrast, one pair an example (its last state): events dropped, the target's domain alone
/// against the mixed flow, or, where the events stay, feature entries or modalities dropped later by the model.
/// </summary>
public sealed class ViewBuilder(ObjectiveConfig objective, Random random)
{
    /// <param name="examples">The batch's examples, whoever has them.</param>
    /// <param name="shown">By example: what is shown of it.</param>
    /// <param name="sequences">By example: the slots of its items.</param>
    /// <param name="packed">The packing of this process's examples.</param>
    /// <param name="items">The batch's items.</param>
    /// <param name="shares">By process: how many of the examples it has.</param>
    /// <param name="rank">Number of this process.</param>
    /// <returns>The view, or null where no sequence of the batch has one.</returns>
    internal SequenceView? Build(
        IReadOnlyList<Example> examples, IReadOnlyList<ShownEvents> shown, int[][] sequences, PackedSequences packed, DistinctItems items, int[] shares, int rank)
    {
        int first = shares.Take(rank).Sum(), end = first + shares[rank];
        int[] pairs = new int[shares.Length]; // by process
        int[] ownerOf = [.. shares.SelectMany((count, r) => Enumerable.Repeat(r, count))];
        var kind = Choose();
        var kept = new List<int[]>();
        var original = new List<long>();
        var targets = new List<long>();
        for (int w = 0; w < examples.Count; w++)
        {
            if (examples[w].Targets.Count == 0) continue;
            var (state, target) = examples[w].Targets[^1];
            int length = shown[w].IndexOf(state - examples[w].First) + 1;
            int[] view = Keep(kind, p => examples[w].Log.DomainOf(examples[w].First + shown[w][p]) == examples[w].Log.DomainOf(target), sequences[w].AsSpan(0, length));
            if (view.Length == 0) continue;
            targets.Add(items.Slot(examples[w].Log.ItemOf(target)));
            pairs[ownerOf[w]]++;
            if (w < first || w >= end) continue;
            kept.Add(view);
            original.Add(packed.StateOf(w - first, length - 1));
        }

        if (targets.Count == 0) return null;
        // A process that has no pair takes part all the same, with a sequence that nobody looks at.
        var viewPacked = SequencePacker.Pack(kept.Count > 0 ? kept : [[0]], packed.Causal, packed.Slots.device);
        return new SequenceView(kind, viewPacked, HostDevice.Send(original.ToArray(), packed.Slots.device), HostDevice.Send(targets.ToArray(), packed.Slots.device))
        {
            Pairs = pairs,
            First = pairs.Take(rank).Sum(),
        };
    }

    private ViewKind Choose()
    {
        ReadOnlySpan<double> chances = [objective.ItemDropChance, objective.FeatureDropChance, objective.ModalityDropChance, objective.CrossDomainChance];
        double sum = 0;
        foreach (double c in chances) sum += c;
        double at = random.NextDouble() * sum;
        int kind = 0;
        while (kind < chances.Length - 1 && (at -= chances[kind]) >= 0) kind++;
        return (ViewKind)kind;
    }

    private int[] Keep(ViewKind kind, Func<int, bool> isOfTargetsDomain, ReadOnlySpan<int> slots)
    {
        if (kind is ViewKind.FeatureDrop or ViewKind.ModalityDrop) return slots.ToArray();
        var kept = new List<int>(slots.Length);
        for (int p = 0; p < slots.Length; p++)
        {
            bool keep = kind == ViewKind.CrossDomain
                ? isOfTargetsDomain(p)
                : random.NextDouble() >= objective.ItemDrop;
            if (keep) kept.Add(slots[p]);
        }

        // Item drop leaves at least the newest event, as an empty sequence has no state.
        if (kept.Count == 0 && kind == ViewKind.ItemDrop) kept.Add(slots[^1]);
        return kept.ToArray();
    }
}

/// <summary>How the second view of a batch's sequences came about.</summary>
public enum ViewKind
{
    /// <summary>Events.</summary>
    ItemDrop,
    /// <summary>Entries of the items' features.</summary>
    FeatureDrop,
    /// <summary>One modality of each item.</summary>
    ModalityDrop,
    /// <summary>Events of other domains than the target's.</summary>
    CrossDomain,
}

/// <summary>A second view of a batch's sequences, to be told apart from those of other users.</summary>
/// <param name="Kind">What was taken away.</param>
/// <param name="Sequences">The view's own packing, over the same slots, of the pairs that this process has.</param>
/// <param name="OriginalStates">[own pairs] int64: which of the states that the batch's own packing asks for matches the view's, of which there is one a pair.</param>
/// <param name="TargetSlots">[pairs of all processes] int64: what each pair predicts; pairs with the same target are not contrasted.</param>
public sealed record SequenceView(ViewKind Kind, PackedSequences Sequences, Tensor OriginalStates, Tensor TargetSlots)
{
    /// <summary>By process: how many of the pairs it has.</summary>
    public required IReadOnlyList<int> Pairs { get; init; }

    /// <summary>The first of this process's pairs.</summary>
    public int First { get; init; }

    /// <summary>How many of the pairs this process has.</summary>
    public int OwnCount => (int)OriginalStates.shape[0];
}

/// <summary>The views that leave a sequence's events and take something from the items themselves.</summary>
public static class ItemAugmentation
{
    /// <param name="kind">What is taken away.</param>
    /// <param name="items">The batch's distinct items.</param>
    /// <param name="objective">How much is taken away.</param>
    /// <param name="drawMask">Draws a mask of a shape on a device: 0 for a share of its entries, else 1.</param>
    /// <returns>The items without it; the very same where the kind concerns events alone.</returns>
    public static ItemBatch Apply(ViewKind kind, ItemBatch items, ObjectiveConfig objective, Func<long[], double, Device, Tensor> drawMask) => kind switch
    {
        ViewKind.FeatureDrop => items with { Features = items.Features.Select(x => x * drawMask(x.shape, objective.FeatureDrop, x.device)).ToList() },
        ViewKind.ModalityDrop when items.Features.Count > 1 => WithoutOneModality(items),
        _ => items,
    };

    /// <summary>Each item loses one modality drawn at random, unless it would be its last.</summary>
    private static ItemBatch WithoutOneModality(ItemBatch items)
    {
        var lost = randint(items.Features.Count, [items.Count, 1], dtype: ScalarType.Int64, device: items.Present.device);
        var kept = items.Present.scatter(1, lost, zeros_like(items.Present));
        return items with { Present = where(kept.sum(1, keepdim: true).gt(0), kept, items.Present) };
    }
}
