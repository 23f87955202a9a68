using System.Runtime.InteropServices;
using UniM2Rec.Trainer.Distributed;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Data;

/// <summary>What one step works on: sequences, their targets, and the distinct items of both.</summary>
/// <param name="Parts">The sequences in one part, or in several where they are many.</param>
/// <param name="ItemRows">By slot: the item's row in the feature store. The first <paramref name="CandidateCount"/> slots are the candidates.</param>
/// <param name="CandidateCount">Number of candidates that targets are contrasted with.</param>
/// <param name="CandidateLogWeight">[candidates]: log of what each counts for when it is not the positive, −∞ for nothing; or null where each counts once.</param>
/// <param name="View">A second view of the same sequences, which then are one part, for the sequence–sequence contrast; or null.</param>
public sealed record SequenceBatch(
    IReadOnlyList<SequencePart> Parts, int[] ItemRows, int CandidateCount, Tensor? CandidateLogWeight, SequenceView? View = null)
{
    /// <summary>Targets of all parts, and, where several processes share the batch, of theirs too.</summary>
    public required int TargetCount { get; init; }
}

/// <summary>Some of a batch's sequences with their targets, which are encoded and differentiated together.</summary>
/// <param name="Sequences">The packed histories.</param>
/// <param name="TargetStates">[targets] int64: which of the states that the packing asks for each target is predicted from.</param>
/// <param name="TargetSlots">[targets] int64: slot of each target among the batch's candidates.</param>
/// <param name="Collaborative">What the histories say about single candidates, or null where the model does not ask for it.</param>
public sealed record SequencePart(PackedSequences Sequences, Tensor TargetStates, Tensor TargetSlots, CollaborativeScores? Collaborative)
{
    /// <summary>Targets of the part.</summary>
    public int TargetCount => (int)TargetSlots.shape[0];
}

/// <summary>Turns examples into batches: numbers the distinct items, packs the sequences and points the targets at their states.</summary>
/// <param name="itemCount">Rows of the feature store.</param>
/// <param name="causal">Whether a position sees only earlier ones.</param>
/// <param name="device">Where the tensors go.</param>
public sealed class BatchBuilder(int itemCount, bool causal, Device device)
{
    private readonly DistinctItems _items = new(itemCount);

    /// <summary>Rows of the candidates that every target is contrasted with, or null for the targets of the batch.</summary>
    public int[]? Catalogue { get; init; }

    /// <summary>Draws the candidates that stand for the catalogue, where they are not all of it; or null.</summary>
    public CandidateSampling? Sampling { get; init; }

    /// <summary>Whether it is told which of the candidates a history holds already.</summary>
    public bool MarksSeen { get; init; }

    /// <summary>Share of the examples of which the events of other domains than the predicted ones are withheld from the network.</summary>
    public double ForeignDropout { get; init; }

    /// <summary>Whether the model reads the latest event of a predicted domain beside the latest one.</summary>
    public bool ReadsOwn { get; init; }

    /// <summary>Events of a part of a batch, at most.</summary>
    public int MostEvents { get; init; } = MicroBatches.MostEvents;

    /// <summary>By row: log of what the item counts for among the batch's targets; or null for how often it is there.</summary>
    public float[]? LogWeights { get; init; }

    /// <summary>Who shares the batch: each process has a stretch of its examples, and all its items.</summary>
    public ICommunicator Ranks { get; init; } = SingleProcess.Instance;

    /// <param name="examples">The sequences; each has at least one event. All of them, whatever this process's share is.</param>
    /// <param name="views">Makes the second view, or null.</param>
    /// <param name="seed">What is drawn is a function of it.</param>
    public SequenceBatch Build(IReadOnlyList<Example> examples, ViewBuilder? views = null, ulong seed = 0)
    {
        _items.Clear();
        // Items are numbered over the whole batch, so that every process numbers them alike.
        var shown = examples.Select(example => ShownEvents.Of(example, ForeignDropout, seed)).ToList();
        examples = [.. examples.Zip(shown, (example, of) => of.Predicted(example))];
        var logWeight = Sampling is not null ? Draw(Sampling, examples, seed) : Catalogue is null ? TargetsAsCandidates(examples) : null;
        foreach (int row in Catalogue ?? []) _items.Slot(row);
        int candidates = _items.Count;
        int[][] sequences = [.. examples.Select((example, w) => Slots(example, shown[w]))];
        int[] shares = SharesOf(shown);
        int first = shares.Take(Ranks.Rank).Sum(), end = first + shares[Ranks.Rank];
        var own = examples.Skip(first).Take(end - first).ToList();
        // The second view is contrasted across all sequences, so they stay together.
        // Scores against a whole catalogue are cut by the candidates, not by the targets (BlockedContrast).
        var runs = views is null ? MicroBatches.Cut(own, Catalogue is null ? candidates : 0, MostEvents) : [own];
        var parts = new List<SequencePart>();
        foreach (var run in runs)
        {
            parts.Add(Part(run, shown[first..(first + run.Count)], sequences[first..(first + run.Count)], candidates));
            first += run.Count;
        }

        var view = views?.Build(examples, shown, sequences, parts[0].Sequences, _items, shares, Ranks.Rank);
        return new SequenceBatch(parts, _items.ToArray(), candidates, logWeight, view) { TargetCount = examples.Sum(e => e.Targets.Count) };
    }

    /// <summary>By process: how many of the examples it has.</summary>
    private int[] SharesOf(List<ShownEvents> shown)
    {
        if (shown.Count < Ranks.Size)
            throw new UserErrorException($"A step has {shown.Count} examples, which {Ranks.Size} processes can't share; start fewer, or take more targets a step (training.batchTargets).");
        return Shares.Weighted(shown.ConvertAll(s => s.Count), Ranks.Size);
    }

    private int[] Slots(Example example, ShownEvents shown)
    {
        var rows = example.Items;
        int[] slots = new int[shown.Count];
        for (int p = 0; p < slots.Length; p++) slots[p] = _items.Slot(rows[shown[p]]);
        return slots;
    }

    private SequencePart Part(IReadOnlyList<Example> examples, IReadOnlyList<ShownEvents> shown, int[][] sequences, int candidates)
    {
        var asked = examples.Select((e, w) => e.Targets.Select(t => shown[w].IndexOf(t.State - e.First)).Distinct().ToArray()).ToList();
        var packed = SequencePacker.Pack(sequences, causal, device, asked, ReadsOwn ? (w, at) => shown[w].IndexOf(examples[w].LatestOwn(shown[w][at])) : null);
        var states = new List<long>();
        var targets = new List<long>();
        for (int w = 0; w < examples.Count; w++)
        {
            foreach (var (state, target) in examples[w].Targets)
            {
                states.Add(packed.StateOf(w, shown[w].IndexOf(state - examples[w].First)));
                targets.Add(_items.Slot(examples[w].Log.ItemOf(target)));
            }
        }

        var collaborative = MarksSeen ? SeenCandidates.Of(examples, _items.Find, candidates, device) : null;
        return new SequencePart(packed, Indices(states), Indices(targets), collaborative);
    }

    private Tensor Indices(List<long> values) => HostDevice.Send(CollectionsMarshal.AsSpan(values).ToArray(), device);

    /// <summary>The targets and what is drawn; only what is drawn counts for others than its own rows.</summary>
    private Tensor Draw(CandidateSampling sampling, IReadOnlyList<Example> examples, ulong seed)
    {
        foreach (var example in examples)
        {
            foreach (var (_, target) in example.Targets) _items.Slot(example.Log.ItemOf(target));
        }

        int targets = _items.Count;
        int[] drawn = sampling.Draw(seed);
        int[] slots = Array.ConvertAll(drawn, _items.Slot);
        float[] weights = new float[_items.Count];
        weights.AsSpan(0, targets).Fill(float.NegativeInfinity);
        for (int i = 0; i < drawn.Length; i++) weights[slots[i]] = sampling.LogWeight(drawn[i]);
        return HostDevice.Send(weights, device);
    }

    /// <summary>
    /// In-batch negatives: each distinct target is one candidate. With the log of its count, which stands for its copies in the sum over the
    /// batch's rows, that is exactly the softmax over rows in which rows with the positive's own item are masked.
    /// </summary>
    private Tensor TargetsAsCandidates(IReadOnlyList<Example> examples)
    {
        var counts = new List<float>();
        foreach (var example in examples)
        {
            foreach (var (_, target) in example.Targets)
            {
                int slot = _items.Slot(example.Log.ItemOf(target));
                if (slot == counts.Count) counts.Add(0);
                counts[slot]++;
            }
        }

        var weights = LogWeights is null ? counts.Select(c => MathF.Log(c)) : _items.ToArray().Select(row => LogWeights[row]);
        return HostDevice.Send(weights.ToArray(), device);
    }
}
