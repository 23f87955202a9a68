using System.Runtime.InteropServices;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>Collects <see cref="CollaborativeScores"/> for targets of examples.</summary>
/// <param name="columnOfRow">By row of the store: the candidate's column, or -1.</param>
/// <param name="candidateCount">Number of columns.</param>
/// <param name="itemKnn">Over the same candidates, or null without.</param>
/// <param name="transitions">Over the same candidates, or null without.</param>
/// <param name="ease">Over the same candidates, or null without.</param>
public sealed class CollaborativeScorer(
    int[] columnOfRow, int candidateCount, ItemKnn? itemKnn = null, ItemTransitions? transitions = null, Ease? ease = null)
{
    /// <summary>Whether events of items that are no candidates count apart.</summary>
    public bool DomainsApart { get; init; }

    /// <summary>How much an event weighs less than the next newer one in what candidates have in common with a history by content.</summary>
    public double ContentDecay { get; init; } = 0.7;

    /// <summary>By row of the store: the candidate's column, or -1.</summary>
    internal int[] ColumnOfRow => columnOfRow;

    /// <summary>Columns of candidates that none of its strengths reaches; empty where there is no strength.</summary>
    private readonly long[] _unknown = Unreached(candidateCount, [itemKnn?.Rows, transitions?.Rows], ease);

    /// <summary>Columns of candidates that none of the strengths reaches.</summary>
    internal IReadOnlyList<long> Unknown => _unknown;

    internal ItemKnn? ItemKnn => itemKnn;

    internal ItemTransitions? Transitions => transitions;

    internal Ease? Ease => ease;

    /// <summary>Collects the scores that a configuration asks for; null where it asks for none.</summary>
    /// <param name="data">Of a run.</param>
    /// <param name="config">Which scores.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    /// <param name="candidates">Rows of the candidates; the run's where null.</param>
    /// <param name="cache">Where EASE's matrix is kept; null for nowhere.</param>
    public static CollaborativeScorer? For(TrainingData data, CollaborativeConfig config, WorkContext context, int[]? candidates = null, EaseCache? cache = null)
    {
        if (!config.IsUsed) return null;
        int[] columnOfRow = new int[data.Store.ItemCount];
        Array.Fill(columnOfRow, -1);
        candidates ??= data.Candidates;
        int count = candidates.Length;
        for (int c = 0; c < count; c++) columnOfRow[candidates[c]] = c;
        var users = UserItems.Of(data.Split.Training);
        bool apart = config.DomainsApart;
        return new CollaborativeScorer(
            columnOfRow,
            count,
            config.ItemKnn ? ItemKnn.Count(users, columnOfRow, count, config.ItemKnnPower, config.ItemKnnDecay, context, config.Neighbours) : null,
            config.Transitions ? ItemTransitions.Count(data.Split.Training, users, (columnOfRow, count), config.TransitionsDecay, context, apart, config.Neighbours) : null,
            config.Ease ? Ease.Fit(apart ? users.Only(row => columnOfRow[row] >= 0) : users, columnOfRow, config.EaseRidge, config.EaseDecay, config.EaseItems, context, cache) : null)
        {
            DomainsApart = apart,
            ContentDecay = config.ContentDecay,
        };
    }

    /// <param name="examples">Histories.</param>
    /// <param name="device">Where the tensors go.</param>
    public CollaborativeScores Build(IReadOnlyList<Example> examples, Device device)
    {
        var targets = new List<Asked>();
        foreach (var example in examples)
        {
            if (example.Targets.Count == 0) targets.Add(new Asked(example, example.End));
            foreach (var (state, _) in example.Targets) targets.Add(new Asked(example, state + 1));
        }

        var seen = Sum(targets, device, (target, sums) => See(target.History, sums)).Positions;
        var part = DomainsApart ? Part.Here : Part.Whole;
        return new CollaborativeScores(
            seen, Relate(itemKnn, part), Relate(transitions, part), ease is null ? null : Predict(ease, targets, part).to(device))
        {
            PredictedColumns = ease is null || ease.Columns.Length == candidateCount ? null : ease.Columns.ToArray(),
            Unknown = _unknown.Length == 0 ? null : tensor(_unknown, device: device),
            RelatedElsewhere = DomainsApart ? Relate(itemKnn, Part.Elsewhere) : null,
            FollowedElsewhere = DomainsApart ? Relate(transitions, Part.Elsewhere) : null,
        };

        SparseScores? Relate(ItemRelation? relation, Part part) =>
            relation is null ? null : Sum(targets, device, (target, sums) => relation.AddTo(sums, Of(target, part)));
    }

    /// <summary>The numbers of a combination that joins these scores.</summary>
    internal ExportedCombination Export(ScoreCombination combination) => combination.Export(DomainsApart, source => source switch
    {
        TermSource.ItemKnn => (itemKnn!.Decay, itemKnn.Reach),
        TermSource.Transitions => (transitions!.Decay, transitions.Reach),
        TermSource.Content => (ContentDecay, ContentProfiles.ReachOf(ContentDecay)),
        _ => ease!.Events,
    });

    private static long[] Unreached(int candidates, IReadOnlyList<SparseRows?> relations, Ease? ease)
    {
        if (ease is null && relations.All(r => r is null)) return [];
        bool[] isReached = new bool[candidates];
        foreach (var relation in relations) relation?.MarkColumns(isReached);
        if (ease is not null) foreach (int column in ease.Columns) isReached[column] = true;
        return [.. Enumerable.Range(0, candidates).Where(c => !isReached[c]).Select(c => (long)c)];
    }

    /// <summary>The events of a target's history that are asked for.</summary>
    private ReadOnlySpan<int> Of(Asked target, Part part)
    {
        if (part == Part.Whole) return target.History;
        var chosen = new List<int>();
        foreach (int row in target.History)
        {
            if (columnOfRow[row] >= 0 == (part == Part.Here)) chosen.Add(row);
        }

        return CollectionsMarshal.AsSpan(chosen);
    }

    private void See(ReadOnlySpan<int> history, CandidateSums sums)
    {
        foreach (int row in history)
        {
            if (columnOfRow[row] is >= 0 and var column) sums.Add(column, 1);
        }
    }

    /// <summary>What <paramref name="add"/> sums up for each target.</summary>
    private SparseScores Sum(List<Asked> targets, Device device, Summation add)
    {
        var found = new (long[] Positions, float[] Values)[targets.Count];
        Parallel.For(0, targets.Count, TorchThreads.Limit, () => new CandidateSums(candidateCount), (t, _, sums) =>
        {
            add(targets[t], sums);
            int[] columns = [.. sums.Touched];
            found[t] = (Array.ConvertAll(columns, c => ((long)t * candidateCount) + c), Array.ConvertAll(columns, c => sums[c]));
            sums.Clear();
            return sums;
        }, _ => { });
        return new SparseScores(
            tensor(found.SelectMany(f => f.Positions).ToArray(), device: device), tensor(found.SelectMany(f => f.Values).ToArray(), device: device));
    }

    /// <summary>[targets, known candidates]</summary>
    private Tensor Predict(Ease ease, List<Asked> targets, Part part)
    {
        int known = ease.Columns.Length;
        var predicted = empty(targets.Count, known);
        Parallel.For(0, targets.Count, TorchThreads.Limit, () => (Weights: new float[ease.Size], Sum: new float[ease.Size], Row: new float[known]), (t, _, scratch) =>
        {
            ease.Predict(Of(targets[t], part), scratch.Weights, scratch.Sum, scratch.Row);
            using var row = predicted.narrow(0, t, 1);
            scratch.Row.CopyTo(MemoryMarshal.Cast<byte, float>(row.bytes));
            return scratch;
        }, _ => { });
        return predicted;
    }

    /// <summary>A target's whole history, up to <paramref name="End"/>.</summary>
    private readonly record struct Asked(Example Example, int End)
    {
        public ReadOnlySpan<int> History => Example.Log.Items(Example.Log.FirstEvent(Example.User), End);
    }

    private delegate void Summation(Asked target, CandidateSums sums);

    /// <summary>Events of a history by the domains of their items.</summary>
    private enum Part
    {
        /// <summary>All.</summary>
        Whole,

        /// <summary>Those of candidates.</summary>
        Here,

        /// <summary>Those of other items.</summary>
        Elsewhere,
    }
}
