using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Recommenders that learn no network and rank by one kind of collaborative score alone: EASE, items that go together, and what came next most often.
/// Published networks are often behind them, so figures without them say little.
/// </summary>
/// <param name="data">The data of a run; they learn from what its training saw.</param>
/// <param name="config">Powers, decays and limits; which scores are on does not matter.</param>
/// <param name="maskHistory">Whether items of the history, other than the target, are taken out of the ranking.</param>
public sealed class CollaborativeBaselines(TrainingData data, CollaborativeConfig config, bool maskHistory)
{
    /// <summary>By name: the rank of each example's target.</summary>
    /// <param name="examples">Histories with their targets.</param>
    /// <param name="fitted">What the run scores with, of the same data and settings, so that it is not fitted twice; null where it has nothing.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    public IReadOnlyDictionary<string, Rank[]> Ranks(IReadOnlyList<Example> examples, CollaborativeScorer? fitted, WorkContext context)
    {
        // Where domains count apart the run's scores are others than the baselines', which are the same for every run.
        if (fitted is { DomainsApart: true }) fitted = null;
        var lacking = CollaborativeScorer.For(
            data, config with { DomainsApart = false, SeenBias = true, ItemKnn = fitted?.ItemKnn is null, Transitions = fitted?.Transitions is null, Ease = fitted?.Ease is null }, context)!;
        var (itemKnn, transitions, ease) = (fitted?.ItemKnn ?? lacking.ItemKnn!, fitted?.Transitions ?? lacking.Transitions!, fitted?.Ease ?? lacking.Ease!);
        int[] columnOfRow = lacking.ColumnOfRow, candidates = data.Candidates;
        return new Dictionary<string, Rank[]>
        {
            ["EASE"] = Ranks(examples, columnOfRow, () => new EaseScores(ease, candidates.Length), context.Cancellation),
            ["item kNN"] = Ranks(examples, columnOfRow, () => new RelationScores(itemKnn, candidates.Length), context.Cancellation),
            ["transitions"] = Ranks(examples, columnOfRow, () => new RelationScores(transitions, candidates.Length), context.Cancellation),
        };
    }

    private Rank[] Ranks(IReadOnlyList<Example> examples, int[] columnOfRow, Func<IScores> create, CancellationToken cancellation)
    {
        var ranks = new Rank[examples.Count];
        Parallel.For(0, examples.Count, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = get_num_threads() }, create, (e, _, scores) =>
        {
            var example = examples[e];
            var history = example.Log.Items(example.Log.FirstEvent(example.User), example.End);
            var all = scores.Of(history);
            int target = columnOfRow[example.LastTargetItem];
            float own = all[target];
            if (maskHistory) Hide(all, history, columnOfRow, target);
            int above = 0, tied = -1;
            foreach (float score in all)
            {
                if (score > own) above++;
                else if (score == own) tied++;
            }

            ranks[e] = new Rank(above, tied);
            return scores;
        }, _ => { });
        return ranks;
    }

    private static void Hide(Span<float> scores, ReadOnlySpan<int> history, int[] columnOfRow, int target)
    {
        foreach (int row in history)
        {
            if (columnOfRow[row] is >= 0 and var column && column != target) scores[column] = float.NegativeInfinity;
        }
    }

    /// <summary>The scores of all candidates for one history after another; one for each thread.</summary>
    private interface IScores
    {
        /// <returns>[candidates], valid until the next call.</returns>
        Span<float> Of(ReadOnlySpan<int> history);
    }

    private sealed class EaseScores(Ease ease, int candidates) : IScores
    {
        private readonly float[] _scores = new float[candidates];
        private readonly float[] _weights = new float[ease.Size];
        private readonly float[] _sum = new float[ease.Size];
        private readonly float[] _known = new float[ease.Columns.Length];

        public Span<float> Of(ReadOnlySpan<int> history)
        {
            ease.Predict(history, _weights, _sum, _known);
            for (int j = 0; j < _known.Length; j++) _scores[ease.Columns[j]] = _known[j];
            return _scores;
        }
    }

    private sealed class RelationScores(ItemRelation relation, int candidates) : IScores
    {
        private readonly float[] _scores = new float[candidates];
        private readonly CandidateSums _sums = new(candidates);

        public Span<float> Of(ReadOnlySpan<int> history)
        {
            Array.Clear(_scores);
            relation.AddTo(_sums, history);
            foreach (int column in _sums.Touched) _scores[column] = _sums[column];
            _sums.Clear();
            return _scores;
        }
    }
}
