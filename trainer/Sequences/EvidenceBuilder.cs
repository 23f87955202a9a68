using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sequences;

/// <summary>Collects <see cref="HistoryEvidence"/> for targets of windows.</summary>
/// <param name="log">The flow.</param>
/// <param name="coOccurrence">Over the same candidates, or null where only what was seen matters.</param>
/// <param name="regression">Over the same candidates, or null without one.</param>
/// <param name="columnOfRow">By row of the store: the candidate's column, or -1.</param>
/// <param name="candidateCount">Number of columns.</param>
/// <param name="decay">How much an event weighs less than the next newer one.</param>
public sealed class EvidenceBuilder(InteractionLog log, CoOccurrence? coOccurrence, ItemRegression? regression, int[] columnOfRow, int candidateCount, double decay)
{
    /// <summary>Events that relations are taken from, at most: older ones have no weight left.</summary>
    private const int Reach = 20;
    private const float Least = 1e-7f;

    /// <param name="windows">Histories.</param>
    /// <param name="training">
    /// Whether the targets are of the training split. Then a user's own pairs are taken out of the co-occurrences, as they would give the target away.
    /// </param>
    /// <param name="device">Where the tensors go.</param>
    public HistoryEvidence Build(IReadOnlyList<Window> windows, bool training, Device device)
    {
        var targets = new List<(int User, int End)>();
        foreach (var window in windows)
        {
            if (window.Targets.Count == 0) targets.Add((window.User, window.End));
            foreach (var (state, _) in window.Targets) targets.Add((window.User, state + 1));
        }

        var found = new Entries[targets.Count];
        Parallel.For(0, targets.Count, TorchThreads.Limit, () => new Scratch(candidateCount), (t, _, scratch) =>
        {
            found[t] = Collect(scratch, t, targets[t].User, targets[t].End, training);
            return scratch;
        }, _ => { });

        return new HistoryEvidence(
            tensor(found.SelectMany(f => f.Seen).ToArray(), device: device),
            tensor(found.SelectMany(f => f.Related).ToArray(), device: device),
            tensor(found.SelectMany(f => f.Strength).ToArray(), device: device),
            regression is null ? null : Predict(regression, targets, training).to(device));
    }

    /// <summary>[targets, candidates]</summary>
    private Tensor Predict(ItemRegression items, List<(int User, int End)> targets, bool training)
    {
        var predicted = zeros(targets.Count, candidateCount);
        var own = training ? targets.Select(t => t.User).Distinct().AsParallel().WithDegreeOfParallelism(get_num_threads()).ToDictionary(u => u, items.WithoutOwn) : null;
        Parallel.For(0, targets.Count, TorchThreads.Limit, () => (Weights: new float[items.Size], Sum: new float[items.Size]), (t, _, scratch) =>
        {
            var (user, end) = targets[t];
            var row = MemoryMarshal.Cast<byte, float>(predicted.bytes).Slice(t * candidateCount, candidateCount);
            items.Predict(log.Items(log.FirstEvent(user), end), own?[user], scratch.Weights, scratch.Sum, row);
            return scratch;
        }, _ => { });
        return predicted;
    }

    private Entries Collect(Scratch scratch, int target, int user, int end, bool training)
    {
        long first = (long)target * candidateCount;
        var history = log.Items(log.FirstEvent(user), end);
        scratch.Clear();
        foreach (int row in history)
        {
            if (columnOfRow[row] >= 0) scratch.See(columnOfRow[row]);
        }

        if (coOccurrence is not null)
        {
            var newest = history[Math.Max(0, history.Length - Reach)..];
            Relate(scratch, coOccurrence, newest);
            if (training) TakeOutOwnPairs(scratch, coOccurrence, newest, user);
        }

        return scratch.Take(first, Least);
    }

    private void Relate(Scratch scratch, CoOccurrence pairs, ReadOnlySpan<int> newest)
    {
        double weight = 1;
        for (int i = newest.Length - 1; i >= 0; i--, weight *= decay)
        {
            var columns = pairs.Columns(newest[i]);
            var values = pairs.Values(newest[i]);
            for (int c = 0; c < columns.Length; c++) scratch.Add(columns[c], (float)weight * values[c]);
        }
    }

    /// <summary>This user counted once in each C of two of the own items; what these add to the strengths is subtracted again.</summary>
    private void TakeOutOwnPairs(Scratch scratch, CoOccurrence pairs, ReadOnlySpan<int> newest, int user)
    {
        var scale = pairs.Scale;
        double total = 0, weight = 1;
        for (int i = newest.Length - 1; i >= 0; i--, weight *= decay) total += weight * scale[newest[i]];
        foreach (int row in pairs.Users[user])
        {
            int column = columnOfRow[row];
            if (column < 0) continue;
            double own = 0;
            weight = 1;
            for (int i = newest.Length - 1; i >= 0; i--, weight *= decay)
            {
                if (newest[i] == row) own += weight * scale[row];
            }

            scratch.Add(column, (float)(-(total - own) * scale[row]));
        }
    }

    private readonly record struct Entries(long[] Seen, long[] Related, float[] Strength);

    /// <summary>Dense accumulators with the list of touched columns, one a thread.</summary>
    private sealed class Scratch(int columns)
    {
        private readonly float[] _strength = new float[columns];
        private readonly bool[] _isTouched = new bool[columns];
        private readonly bool[] _isSeen = new bool[columns];
        private readonly List<int> _touched = [];
        private readonly List<int> _seen = [];

        public void Clear()
        {
            foreach (int c in _touched) (_strength[c], _isTouched[c]) = (0, false);
            foreach (int c in _seen) _isSeen[c] = false;
            _touched.Clear();
            _seen.Clear();
        }

        public void See(int column)
        {
            if (_isSeen[column]) return;
            _isSeen[column] = true;
            _seen.Add(column);
        }

        public void Add(int column, float value)
        {
            if (!_isTouched[column])
            {
                _isTouched[column] = true;
                _touched.Add(column);
            }

            _strength[column] += value;
        }

        public Entries Take(long first, float least)
        {
            var seen = _seen.Select(c => first + c).ToArray();
            var related = new List<long>(_touched.Count);
            var strength = new List<float>(_touched.Count);
            foreach (int c in _touched)
            {
                if (_strength[c] < least) continue;
                related.Add(first + c);
                strength.Add(_strength[c]);
            }

            return new Entries(seen, related.ToArray(), strength.ToArray());
        }
    }
}
