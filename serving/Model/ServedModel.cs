using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Serilog;
using Serilog.Core;

namespace UniM2Rec.Serving.Model;

/// <summary>An exported recommender with everything open. Any number of threads may ask at the same time.</summary>
public sealed class ServedModel : IDisposable
{
    private const int MostHistoriesOfARun = 64;
    private const int MostRankings = 16;

    private readonly ServedVectors? _vectors;
    private readonly UserTower? _tower;
    private readonly Batches<int[], float[]>? _users;
    private readonly Batches<Scoring, float[]>? _scores;
    private readonly CollaborativeTerms? _collaborative;
    private readonly ServedHistories? _histories;
    private readonly ConcurrentBag<Scratch> _scratch = [];
    private readonly NetworkScores? _network;
    private readonly CandidateSearch? _search;
    private readonly int _threads;

    /// <summary>Each ranking has numbers for every candidate.</summary>
    private readonly SemaphoreSlim _ranking;

    private ServedModel(string folder, RecommenderManifest manifest, int threads, (IndexKind Kind, ILogger Log, CancellationToken Cancellation) how)
    {
        (Manifest, _threads, _ranking) = (manifest, threads, new SemaphoreSlim(MostRankings));
        try
        {
            Items = ServedItems.Load(folder, manifest);
            if (manifest.Network is not null)
            {
                _vectors = new ServedVectors(folder, manifest);
                _tower = new UserTower(Path.Combine(folder, ExportLayout.Tower), _vectors, IsOwn, threads);
                _users = new Batches<int[], float[]>(_tower.Encode, MostHistoriesOfARun);
                _network = new NetworkScores(_vectors, threads);
                _scores = new Batches<Scoring, float[]>(_network.Score, MostRankings);
            }

            if (manifest.Combination is not null) _collaborative = new CollaborativeTerms(folder, manifest, threads);
            _histories = ServedHistories.Open(folder, manifest);
            _search = CandidateSearch.Open(folder, manifest, _vectors, _collaborative, how);
            if (_search is not null) Recall = MeasureRecall(how.Log);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the export says of itself.</summary>
    public RecommenderManifest Manifest { get; }

    /// <summary>The items.</summary>
    public ServedItems Items { get; }

    /// <summary>Users who are known by id; 0 where the export has no histories.</summary>
    public int Users => _histories?.Count ?? 0;

    /// <summary>Runs of the user side so far, and histories of them all.</summary>
    public (long Runs, long Histories) TowerRuns => _users?.Counts ?? default;

    /// <summary>Whether candidates are found by an index, and which share of the best that are scored when all are it finds, on a sample of histories; null where all are scored.</summary>
    public float? Recall { get; }

    /// <summary>Opens an export.</summary>
    /// <param name="folder">The --out folder of <c>unim2rec-train export</c>.</param>
    /// <param name="threads">Processor threads of a request; 0 for one a core.</param>
    /// <param name="index">How candidates are found.</param>
    /// <param name="log">Told of an index that is built, and of its recall; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UserErrorException">It is no export, damaged, or of another version.</exception>
    public static ServedModel Open(string folder, int threads = 0, IndexKind index = IndexKind.Auto, ILogger? log = null, CancellationToken cancellation = default)
    {
        var manifest = RecommenderManifest.Load(folder);
        manifest.RequireWhole(folder, cancellation);
        return new ServedModel(folder, manifest, threads > 0 ? threads : Environment.ProcessorCount, (index, log ?? Logger.None, cancellation));
    }

    /// <summary>Rows of a known user's items, oldest first; null where the user is not known.</summary>
    public int[]? HistoryOf(string user) => _histories?.Find(user);

    /// <summary>Ids of some known users.</summary>
    public IEnumerable<string> SomeUsers(int count) => _histories?.Some(count) ?? [];

    /// <summary>The best candidates for a history, best first.</summary>
    /// <param name="history">Rows of its items, oldest first; not empty.</param>
    /// <param name="count">How many.</param>
    /// <param name="isAllowed">Which candidates may be among them.</param>
    public async Task<Ranked[]> RecommendAsync(int[] history, int count, Func<int, bool> isAllowed)
    {
        var readings = Readings(history);
        var users = _users is null ? [] : Weighed(readings, await Task.WhenAll(readings.Select(reading => _users.Ask(reading.Events))).ConfigureAwait(false));
        await _ranking.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_scratch.TryTake(out var scratch)) scratch = new Scratch(Manifest.Candidates);
            var found = _search?.Find(users[0].Vector, history, count, isAllowed);
            if (found is not null) _network!.Score(users[0].Vector, found, scratch.Scores);
            else await ScoreAll(users, scratch).ConfigureAwait(false);
            _collaborative?.Join(history, scratch.Scores, scratch, found);
            var best = Ranking.Top(scratch.Scores, count, isAllowed, found);
            _scratch.Add(scratch);
            return best;
        }
        finally
        {
            _ranking.Release();
        }
    }

    /// <summary>Why a candidate has its score.</summary>
    /// <param name="history">Rows of the history's items, oldest first.</param>
    /// <param name="ranked">The candidate.</param>
    public Explanation Explain(int[] history, Ranked ranked) => Explanation.Of(
        history, ranked.Row, ranked.Score, _collaborative is null ? null : (_collaborative.Combination, _collaborative), _vectors is null ? null : item => Similarity(item, ranked.Row));

    /// <summary>The candidates most like an item.</summary>
    /// <param name="item">Its row.</param>
    /// <param name="count">How many.</param>
    /// <param name="isAllowed">Which may be among them.</param>
    /// <exception cref="RequestException">The model knows no item by a vector.</exception>
    public Ranked[] Similar(int item, int count, Func<int, bool> isAllowed)
    {
        if (_vectors is null) throw new RequestException($"The model '{Manifest.Model}' knows items by other users' histories alone, so no item is like another; ask /recommend with the item as history.");
        float[] similarities = new float[Manifest.Candidates];
        Parallel.For(0, similarities.Length, new ParallelOptions { MaxDegreeOfParallelism = _threads }, c => similarities[c] = Similarity(item, c));
        return Ranking.Top(similarities, count, c => c != item && isAllowed(c));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _users?.Dispose();
        _scores?.Dispose();
        _search?.Dispose();
        _tower?.Dispose();
        _vectors?.Dispose();
        _collaborative?.Dispose();
        _histories?.Dispose();
        _ranking.Dispose();
    }

    private int[] Newest(int[] history) => history[Math.Max(0, history.Length - Manifest.MaxLength)..];

    /// <summary>What the user side reads of a history, and what the network's score by it counts: all events, and apart those in domains that have candidates.</summary>
    private (int[] Events, float Weight)[] Readings(int[] history)
    {
        var (all, own) = Manifest.Combination is { } combination ? (combination.Score, combination.Own) : (1, 0);
        if (own == 0) return [(Newest(history), all)];
        int[] owned = [.. history.Where(IsOwn)];
        return owned.Length == 0 || owned.Length == history.Length ? [(Newest(history), all + own)] : [(Newest(history), all), (Newest(owned), own)];
    }

    private bool IsOwn(int row) => Items.CandidateDomains.Contains(Items[row].Domain);

    /// <summary>Vectors whose scores, times the weights, add up to the network's part: one where the score is a product, as then they add up themselves.</summary>
    private (float[] Vector, float Weight)[] Weighed((int[] Events, float Weight)[] readings, IReadOnlyList<float[]> vectors)
    {
        if (!vectors.All(vector => vector.All(float.IsFinite))) throw new InvalidOperationException("the user's vector is not finite");
        if (_vectors!.Network.Score != NetworkScore.Product) return [.. vectors.Zip(readings, (vector, reading) => (vector, reading.Weight))];
        float[] sum = new float[_vectors.Network.Width];
        foreach (var (vector, reading) in vectors.Zip(readings)) TensorPrimitives.MultiplyAdd(vector, reading.Weight, sum, sum);
        return [(sum, 1)];
    }

    /// <summary>The network's part of every candidate's score.</summary>
    private async Task ScoreAll((float[] Vector, float Weight)[] users, Scratch scratch)
    {
        scratch.Scores.AsSpan().Clear();
        foreach (var (vector, weight) in users)
        {
            await _scores!.Ask(new Scoring(vector, scratch.Dense)).ConfigureAwait(false);
            TensorPrimitives.MultiplyAdd(scratch.Dense, weight, scratch.Scores, scratch.Scores);
        }
    }

    /// <summary>The share of the best candidates by all scores that are recommended by the index, over histories of known users, or of random items where there are none.</summary>
    private float MeasureRecall(ILogger log)
    {
        const int histories = 32, best = 10, longest = 10;
        var random = new Random(1);
        string[] users = [.. SomeUsers(10_000)];
        random.Shuffle(users);
        int same = 0, all = 0;
        var scratch = new Scratch(Manifest.Candidates);
        for (int h = 0; h < histories; h++)
        {
            int[] history = h < users.Length && HistoryOf(users[h]) is { Length: > 0 } known ? known : [.. Enumerable.Range(0, 1 + (h % longest)).Select(_ => random.Next(Manifest.Items))];
            var readings = Readings(history);
            float[] user = Weighed(readings, _tower!.Encode([.. readings.Select(reading => reading.Events)]))[0].Vector;
            bool IsNew(int candidate) => !history.Contains(candidate);
            _network!.Score([new Scoring(user, scratch.Scores)]);
            _collaborative?.Join(history, scratch.Scores, scratch);
            var exact = Ranking.Top(scratch.Scores, best, IsNew);
            var found = _search!.Find(user, history, best, IsNew);
            if (found is not null)
            {
                _network.Score(user, found, scratch.Scores);
                _collaborative?.Join(history, scratch.Scores, scratch, found);
            }

            var recommended = found is null ? exact : Ranking.Top(scratch.Scores, best, IsNew, found);
            same += exact.Select(r => r.Row).Intersect(recommended.Select(r => r.Row)).Count();
            all += exact.Length;
        }

        float recall = all > 0 ? (float)same / all : 1;
        log.Information("Candidates are found by an index, with a recall@{Best} of {Recall:P1} on {Histories} histories", best, recall, histories);
        return recall;
    }

    /// <summary>Cosine of the vectors that histories are made of.</summary>
    private float Similarity(int first, int second)
    {
        float cosine = TensorPrimitives.CosineSimilarity(_vectors!.Row(ExportTensors.History, first), _vectors.Row(ExportTensors.History, second));
        return float.IsNaN(cosine) ? 0 : cosine;
    }
}
