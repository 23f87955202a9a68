using System.Runtime.InteropServices;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>Collects <see cref="CollaborativeScores"/> for targets of examples.</summary>
/// <param name="log">The flow.</param>
/// <param name="columnOfRow">By row of the store: the candidate's column, or -1.</param>
/// <param name="candidateCount">Number of columns.</param>
/// <param name="coOccurrence">Over the same candidates, or null without.</param>
/// <param name="succession">Over the same candidates, or null without.</param>
/// <param name="regression">Over the same candidates, or null without.</param>
public sealed class CollaborativeScorer(
    InteractionLog log, int[] columnOfRow, int candidateCount, ItemKnn? coOccurrence = null, ItemTransitions? succession = null, Ease? regression = null)
{
    /// <summary>What is left of a relation that only the own user made, after that was taken out, is rounding.</summary>
    private const float Least = 1e-7f;

    /// <param name="examples">Histories.</param>
    /// <param name="training">
    /// Whether the targets are of the training split. Then what a user's own events say of each other is taken out, as it would give the target away.
    /// </param>
    /// <param name="device">Where the tensors go.</param>
    public CollaborativeScores Build(IReadOnlyList<Example> examples, bool training, Device device)
    {
        var targets = new List<(int User, int End)>();
        foreach (var example in examples)
        {
            if (example.Targets.Count == 0) targets.Add((example.User, example.End));
            foreach (var (state, _) in example.Targets) targets.Add((example.User, state + 1));
        }

        return new CollaborativeScores(
            Sum(targets, device, (history, _, sums) => See(history, sums)).Positions,
            coOccurrence is null ? null : Relate(coOccurrence, targets, training, device),
            succession is null ? null : Relate(succession, targets, training, device),
            regression is null ? null : Predict(regression, targets, training).to(device));
    }

    private void See(ReadOnlySpan<int> history, CandidateSums sums)
    {
        foreach (int row in history)
        {
            if (columnOfRow[row] is >= 0 and var column) sums.Add(column, 1);
        }
    }

    private SparseScores Relate(ItemRelation relation, List<(int User, int End)> targets, bool training, Device device) =>
        Sum(targets, device, (history, user, sums) => relation.AddTo(sums, history, training ? user : null));

    /// <summary>What <paramref name="add"/> sums up for each target, given the history and its user.</summary>
    private SparseScores Sum(List<(int User, int End)> targets, Device device, Summation add)
    {
        var found = new (long[] Positions, float[] Values)[targets.Count];
        Parallel.For(0, targets.Count, TorchThreads.Limit, () => new CandidateSums(candidateCount), (t, _, sums) =>
        {
            var (user, end) = targets[t];
            add(log.Items(log.FirstEvent(user), end), user, sums);
            var columns = sums.Touched.Where(c => sums[c] >= Least).ToArray();
            found[t] = (Array.ConvertAll(columns, c => ((long)t * candidateCount) + c), Array.ConvertAll(columns, c => sums[c]));
            sums.Clear();
            return sums;
        }, _ => { });
        return new SparseScores(
            tensor(found.SelectMany(f => f.Positions).ToArray(), device: device), tensor(found.SelectMany(f => f.Values).ToArray(), device: device));
    }

    /// <summary>[targets, candidates]</summary>
    private Tensor Predict(Ease items, List<(int User, int End)> targets, bool training)
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

    private delegate void Summation(ReadOnlySpan<int> history, int user, CandidateSums sums);
}

/// <summary>What a history says about single candidates, beside the state that the network makes of it.</summary>
/// <param name="Seen">Flat positions (target · candidates + candidate) of candidates that the history already holds; each once.</param>
/// <param name="Related">How often others had the candidate together with the history's newest items; null without.</param>
/// <param name="Followed">How often the candidate came after them in others' histories; null without.</param>
/// <param name="Predicted">[targets, candidates]: what the regression on the history predicts, 0 or more; null without one.</param>
public sealed record CollaborativeScores(Tensor Seen, SparseScores? Related = null, SparseScores? Followed = null, Tensor? Predicted = null);

/// <summary>A matrix of [targets, candidates] of which only what is not zero is held.</summary>
/// <param name="Positions">[entries] int64: flat positions (target · candidates + candidate), each once.</param>
/// <param name="Values">[entries]: what stands there, above 0.</param>
public sealed record SparseScores(Tensor Positions, Tensor Values);
