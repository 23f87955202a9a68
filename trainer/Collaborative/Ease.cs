using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>
/// Ridge regression of whether a user has an item on which others the user has, over training events (EASE, arXiv 1905.03375): with
/// P = (XᵀX + λI)⁻¹, the effect of item i on item j ≠ i is −P_ij / P_jj.
/// </summary>
public sealed class Ease
{
    private const double LeastWeight = 1e-3;

    /// <summary>Columns that are inverted at a time.</summary>
    private const int Block = 512;
    private readonly int[] _indexOfRow;
    private readonly int[] _columns;
    private readonly float[] _inverse;
    private readonly int _size;
    private readonly double _decay;
    private readonly int _reach;

    private Ease(int[] indexOfRow, int[] columns, float[] inverse, int size, double decay)
    {
        (_indexOfRow, _columns, _inverse, _size, _decay) = (indexOfRow, columns, inverse, size, decay);
        _reach = decay >= 1 ? int.MaxValue : 1 + (int)Math.Ceiling(Math.Log(LeastWeight) / Math.Log(Math.Max(decay, LeastWeight)));
    }

    /// <param name="users">The distinct items of each user in training.</param>
    /// <param name="columnOfRow">By row of the store: the candidate's column, or -1.</param>
    /// <param name="ridge">λ; the larger, the more users it takes to believe a relation.</param>
    /// <param name="decay">How much an event weighs less than the next newer one.</param>
    /// <param name="limit">Items at most: candidates before other domains' items, which must not take their room, and those first that most users have. Time grows with the cube, memory with the square.</param>
    /// <param name="context">Where progress goes, and what stops it.</param>
    /// <param name="cache">Where the matrix is kept; null for nowhere.</param>
    public static Ease Fit(UserItems users, int[] columnOfRow, double ridge, double decay, int limit, WorkContext context, EaseCache? cache = null)
    {
        var owners = users.Invert(columnOfRow.Length);
        int[] known = Enumerable.Range(0, owners.Length).Where(r => owners[r].Count > 0)
            .OrderBy(r => columnOfRow[r] < 0).ThenByDescending(r => owners[r].Count).Take(limit)
            .OrderBy(r => columnOfRow[r] < 0).ThenBy(r => columnOfRow[r]).ToArray();
        int[] indexOfRow = new int[columnOfRow.Length];
        Array.Fill(indexOfRow, -1);
        for (int i = 0; i < known.Length; i++) indexOfRow[known[i]] = i;
        int[] columns = known.Select(r => columnOfRow[r]).TakeWhile(c => c >= 0).ToArray();

        string source = cache is null ? "" : EaseCache.SourceOf(known, owners, ridge);
        if (cache?.Find(source, known.Length, context) is not { } inverse)
        {
            inverse = Inverse(users, owners, known, indexOfRow, ridge, context);
            cache?.Keep(source, inverse, known.Length, context);
        }

        return new Ease(indexOfRow, columns, inverse, known.Length, decay);
    }

    /// <summary>P = (XᵀX + λI)⁻¹, [known, known].</summary>
    private static float[] Inverse(UserItems users, IReadOnlyList<IReadOnlyList<int>> owners, int[] known, int[] indexOfRow, double ridge, WorkContext context)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var gram = zeros(known.Length, known.Length, dtype: ScalarType.Float64);
        var counts = MemoryMarshal.Cast<byte, double>(gram.bytes);
        for (int i = 0; i < known.Length; i++)
        {
            var row = counts.Slice(i * known.Length, known.Length);
            row[i] = ridge;
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (int user in owners[known[i]])
            {
                foreach (int other in users[user])
                {
                    if (indexOfRow[other] is >= 0 and var j) row[j]++;
                }
            }
        }

        return SymmetricInverse.Of(gram, Block, context).to(ScalarType.Float32).data<float>().ToArray();
    }

    /// <summary>
    /// What a history predicts about each candidate: Σ over its events i of decay^age · (effect of i on the candidate), and 0 where that is
    /// negative; for the candidates that the regression knows.
    /// </summary>
    /// <param name="history">Rows of the history's items, oldest first.</param>
    /// <param name="weights">[size] scratch, zeros; zeros again afterwards.</param>
    /// <param name="sum">[size] scratch.</param>
    /// <param name="prediction">[<see cref="Columns"/>]</param>
    internal void Predict(ReadOnlySpan<int> history, float[] weights, float[] sum, Span<float> prediction)
    {
        int candidates = _columns.Length;
        var total = sum.AsSpan(0, candidates);
        total.Clear();
        var newest = history[Math.Max(0, history.Length - _reach)..];
        double weight = 1;
        for (int e = newest.Length - 1; e >= 0; e--, weight *= _decay)
        {
            if (_indexOfRow[newest[e]] is not (>= 0 and var i)) continue;
            TensorPrimitives.MultiplyAdd(_inverse.AsSpan(i * _size, candidates), (float)weight, total, total);
            weights[i] += (float)weight;
        }

        for (int j = 0; j < candidates; j++)
        {
            prediction[j] = Math.Max(0, weights[j] - (total[j] / _inverse[(j * _size) + j]));
        }

        foreach (int row in newest)
        {
            if (_indexOfRow[row] is >= 0 and var i) weights[i] = 0;
        }
    }

    /// <summary>How much an event weighs less than the next newer one, and how many of the newest count.</summary>
    internal (double Decay, int Reach) Events => (_decay, _reach);

    /// <summary>By column of <see cref="WeightsOf"/>: the candidate, ascending.</summary>
    internal ReadOnlySpan<int> Columns => _columns;

    /// <summary>Number of an item among those that the regression knows, or -1.</summary>
    internal int IndexOf(int row) => _indexOfRow[row];

    /// <summary>B_ij = −P_ij / P_jj for each candidate j that is known, 0 for i itself: with which the prediction is Σ weight_i · B_ij.</summary>
    /// <param name="index">From <see cref="IndexOf"/>.</param>
    /// <param name="weights">[<see cref="Columns"/>]</param>
    internal void WeightsOf(int index, Span<float> weights)
    {
        for (int j = 0; j < weights.Length; j++) weights[j] = WeightOf(index, j);
    }

    /// <summary>The same for one candidate, by its place among <see cref="Columns"/>.</summary>
    internal float WeightOf(int index, int column) => column == index ? 0 : -_inverse[(index * _size) + column] / _inverse[(column * _size) + column];

    /// <summary>Numbers that a scratch buffer holds.</summary>
    internal int Size => _size;
}
