using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace UniM2Rec.Serving.Model;

/// <summary>What other users' histories and the items' features say about candidates, mapped into memory, and how it is joined with the network's scores.</summary>
internal sealed class CollaborativeTerms : ITermStrengths, IDisposable
{
    private readonly SafeTensorsFile? _file;
    private readonly ContentVectors? _content;
    private readonly ExportedCombination _combination;
    private readonly int _items;
    private readonly int _candidates;
    private readonly int[] _unknown = [];

    /// <param name="folder">The export.</param>
    /// <param name="manifest">What it says of itself.</param>
    /// <param name="threads">Processor threads.</param>
    /// <exception cref="UserErrorException">A tensor is missing, or points outside the export.</exception>
    public CollaborativeTerms(string folder, RecommenderManifest manifest, int threads)
    {
        (_combination, _items, _candidates) = (manifest.Combination!, manifest.Items, manifest.Candidates);
        var sources = _combination.Terms.Select(t => t.Source).ToHashSet();
        try
        {
            if (sources.Remove(TermSource.Content)) _content = new ContentVectors(folder, manifest, threads);
            if (sources.Count == 0) return;
            _file = SafeTensorsFile.Open(Path.Combine(folder, ExportLayout.Collaborative));
            foreach (var source in sources) Check(source);
            _unknown = _combination.Unknown == 0 ? [] : Unreached(sources);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The numbers of the combination.</summary>
    public ExportedCombination Combination => _combination;

    /// <summary>Joins the network's scores with what a history says.</summary>
    /// <param name="history">Rows of its items, oldest first.</param>
    /// <param name="scores">[candidates]: the network's, weighed; the logits afterwards.</param>
    /// <param name="scratch">Of one request at a time.</param>
    /// <param name="found">The only candidates whose logits are asked for, every one that <see cref="AddTouched"/> names among them; null for all.</param>
    public void Join(ReadOnlySpan<int> history, Span<float> scores, Scratch scratch, IReadOnlyCollection<int>? found = null)
    {
        foreach (var term in _combination.Terms)
        {
            var events = Newest(history, term);
            if (term.Source == TermSource.Ease) AddEase(term, events, scores, scratch);
            else if (term.Source == TermSource.Content) AddContent(term, events, scores, scratch, found);
            else AddRelation(term, events, scores, scratch);
        }

        foreach (int candidate in _unknown) scores[candidate] += _combination.Unknown;
        if (_combination.Seen == 0) return;
        foreach (int item in history.ToArray().Distinct())
        {
            if (item < _candidates) scores[item] += _combination.Seen;
        }
    }

    /// <summary>The items' features, where they count.</summary>
    public ContentVectors? Content => _content;

    /// <summary>What candidates are compared with by content.</summary>
    public float[] ContentProfile(ReadOnlySpan<int> history)
    {
        var term = _combination.Terms.First(t => t.Source == TermSource.Content);
        return _content!.Profile(Newest(history, term), term.Decay);
    }

    /// <summary>Adds the candidates of which a history says more than of others, but for what their content says.</summary>
    public void AddTouched(ReadOnlySpan<int> history, HashSet<int> candidates)
    {
        foreach (var term in _combination.Terms)
        {
            if (term.Source == TermSource.Content) continue;
            if (term.Source == TermSource.Ease)
            {
                foreach (int candidate in _file!.Span<int>(ExportTensors.EaseColumns)) candidates.Add(candidate);
                continue;
            }

            foreach (int item in Newest(history, term))
            {
                foreach (int candidate in EntriesOf(term.Source, item).Columns) candidates.Add(candidate);
            }
        }

        foreach (int item in history)
        {
            if (IsCandidate(item)) candidates.Add(item);
        }
    }

    /// <inheritdoc/>
    public bool IsCandidate(int item) => item < _candidates;

    /// <inheritdoc/>
    public bool IsUnknown(int candidate) => _unknown.Contains(candidate);

    /// <inheritdoc/>
    public float Strength(TermSource source, int item, int candidate)
    {
        if (source == TermSource.Content) return _content!.Cosine(item, candidate);
        if (source == TermSource.Ease)
        {
            int row = _file!.Span<int>(ExportTensors.EaseRows)[item];
            var known = _file.Span<int>(ExportTensors.EaseColumns);
            int column = known.IndexOf(candidate);
            return row < 0 || column < 0 ? 0 : _file.Span<float>(ExportTensors.EaseWeights)[(row * known.Length) + column];
        }

        var entries = EntriesOf(source, item);
        return entries.Columns.IndexOf(candidate) is >= 0 and var at ? entries.Values[at] : 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _content?.Dispose();
    }

    private static string TensorsOf(TermSource source) => source == TermSource.ItemKnn ? "item_knn" : "transitions";

    private static float Grown(ExportedTerm term, float strength) => term.Weight * float.LogP1(strength * term.Scale);

    private bool Counts(int item, TermEvents events) => events == TermEvents.All || IsCandidate(item) == (events == TermEvents.Candidates);

    private ReadOnlySpan<int> Newest(ReadOnlySpan<int> history, ExportedTerm term)
    {
        if (term.Events != TermEvents.All)
        {
            var chosen = new List<int>();
            foreach (int item in history)
            {
                if (Counts(item, term.Events)) chosen.Add(item);
            }

            history = CollectionsMarshal.AsSpan(chosen);
        }

        return history[Math.Max(0, history.Length - term.Reach)..];
    }

    private void AddRelation(ExportedTerm term, ReadOnlySpan<int> events, Span<float> scores, Scratch scratch)
    {
        double weight = 1;
        for (int e = events.Length - 1; e >= 0; e--, weight *= term.Decay)
        {
            var entries = EntriesOf(term.Source, events[e]);
            for (int i = 0; i < entries.Columns.Length; i++) scratch.Sums.Add(entries.Columns[i], (float)weight * entries.Values[i]);
        }

        foreach (int candidate in scratch.Sums.Touched) scores[candidate] += Grown(term, scratch.Sums[candidate]);

        scratch.Sums.Clear();
    }

    private void AddEase(ExportedTerm term, ReadOnlySpan<int> events, Span<float> scores, Scratch scratch)
    {
        var columns = _file!.Span<int>(ExportTensors.EaseColumns);
        var rows = _file.Span<int>(ExportTensors.EaseRows);
        var weights = _file.Span<float>(ExportTensors.EaseWeights);
        var total = scratch.Dense.AsSpan(0, columns.Length);
        total.Clear();
        double weight = 1;
        for (int e = events.Length - 1; e >= 0; e--, weight *= term.Decay)
        {
            if (rows[events[e]] is >= 0 and var row) TensorPrimitives.MultiplyAdd(weights.Slice(row * columns.Length, columns.Length), (float)weight, total, total);
        }

        for (int j = 0; j < columns.Length; j++)
        {
            if (total[j] > 0) scores[columns[j]] += Grown(term, total[j]);
        }
    }

    private void AddContent(ExportedTerm term, ReadOnlySpan<int> events, Span<float> scores, Scratch scratch, IReadOnlyCollection<int>? found)
    {
        if (found is not null)
        {
            float[] profile = _content!.Profile(events, term.Decay);
            foreach (int c in found)
            {
                if (TensorPrimitives.Dot<float>(_content.Row(c), profile) is > 0 and var strength) scores[c] += Grown(term, strength);
            }

            return;
        }

        var strengths = scratch.Dense.AsSpan(0, _candidates);
        _content!.Compare(events, term.Decay, scratch.Dense);
        for (int c = 0; c < strengths.Length; c++)
        {
            if (strengths[c] > 0) scores[c] += Grown(term, strengths[c]);
        }
    }

    /// <summary>The candidates that go with an item, and how much.</summary>
    private Entries EntriesOf(TermSource source, int item)
    {
        var (offsets, columns, values) = ExportTensors.Relation(TensorsOf(source));
        var starts = _file!.Span<long>(offsets);
        var (first, count) = ((int)starts[item], (int)(starts[item + 1] - starts[item]));
        return new Entries { Columns = _file.Span<int>(columns).Slice(first, count), Values = _file.Span<float>(values).Slice(first, count) };
    }

    /// <summary>Every index is looked at once, so that none has to be when it is used.</summary>
    private void Check(TermSource source)
    {
        if (source == TermSource.Ease)
        {
            int columns = Indices(ExportTensors.EaseColumns, 0, _candidates).Length;
            var weights = _file!.Entry(ExportTensors.EaseWeights);
            long known = weights.Shape is [var r, var c] && c == columns && weights.Type == SafeTensorType.F32 && weights.Count <= int.MaxValue ? r : throw Wrong($"'{weights.Name}' has another shape");
            if (Indices(ExportTensors.EaseRows, -1, known).Length != _items) throw Wrong($"'{ExportTensors.EaseRows}' has another length than the items");
            return;
        }

        var names = ExportTensors.Relation(TensorsOf(source));
        var starts = _file!.Span<long>(names.Offsets);
        int entries = Indices(names.Columns, 0, _candidates).Length;
        if (starts.Length != _items + 1 || starts[0] != 0 || starts[^1] != entries || _file.Span<float>(names.Values).Length != entries)
            throw Wrong($"'{names.Offsets}' and the entries have other lengths than the items");
        for (int i = 0; i < _items; i++)
        {
            if (starts[i] > starts[i + 1]) throw Wrong($"'{names.Offsets}' descends at item {i}");
        }
    }

    private ReadOnlySpan<int> Indices(string tensor, long least, long end)
    {
        var indices = _file!.Span<int>(tensor);
        foreach (int index in indices)
        {
            if (index < least || index >= end) throw Wrong($"'{tensor}' holds {index}, outside {least} to {end - 1}");
        }

        return indices;
    }

    /// <summary>Candidates that no source holds.</summary>
    private int[] Unreached(IEnumerable<TermSource> sources)
    {
        bool[] isReached = new bool[_candidates];
        foreach (var source in sources)
        {
            foreach (int candidate in _file!.Span<int>(source == TermSource.Ease ? ExportTensors.EaseColumns : ExportTensors.Relation(TensorsOf(source)).Columns))
                isReached[candidate] = true;
        }

        return [.. Enumerable.Range(0, _candidates).Where(c => !isReached[c])];
    }

    private ref struct Entries
    {
        public ReadOnlySpan<int> Columns;
        public ReadOnlySpan<float> Values;
    }

    private UserErrorException Wrong(string what) => new($"{_file!.Path} can't be served ({what}); export the run again (unim2rec-train export --overwrite).");
}

/// <summary>Room for sums, used by one request at a time.</summary>
/// <param name="candidates">Number of candidates.</param>
internal sealed class Scratch(int candidates)
{
    /// <summary>Of relations that hold few candidates.</summary>
    public CandidateSums Sums { get; } = new(candidates);

    /// <summary>[candidates]</summary>
    public float[] Dense { get; } = new float[candidates];

    /// <summary>[candidates]: the logits.</summary>
    public float[] Scores { get; } = new float[candidates];
}
