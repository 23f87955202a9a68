using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The packed rows of a batch, in tiles of consecutive rows, so that the states that the packing asks for meet the positions that they see in a
/// few plain matrix products: faster than one product a row, and no position is padded or copied, as a tile's positions are a view. Neighbouring
/// tiles with about as many states are one run, which is one batched product: its states are padded to those of its fullest tile. A state sees its
/// own sequence up to itself: all of it, where the packing is not causal, as then it is the last one.
/// </summary>
public sealed class StateTiles
{
    /// <summary>Positions of a tile: enough for a product to be efficient, few enough that little of it is for others' positions.</summary>
    private const long TilePositions = 64;

    /// <summary>Padded states a run may have for each of its own states, above which the next tile begins another run.</summary>
    private const double MostPadded = 1.5;

    private readonly Tensor _byPlace;
    private readonly Tensor _back;
    private readonly long[] _positions;
    private readonly long[] _states;

    /// <param name="packed">The packing; its tensors must outlive this object.</param>
    public StateTiles(PackedSequences packed)
    {
        long length = packed.Slots.shape[1], all = packed.Slots.shape[0] * length;
        var device = packed.Slots.device;
        long tileLength = Math.Max(1, TilePositions / length) * length;
        int[] ends = packed.ReadPositions;
        int[] starts = packed.SequencesRead.Select(s => packed.Start[s]).ToArray();
        var byTile = Enumerable.Range(0, ends.Length).ToLookup(s => ends[s] / tileLength);
        int[][] tiles = [.. Enumerable.Range(0, (int)((all + tileLength - 1) / tileLength)).Select(t => byTile[t].ToArray())];

        var runs = new List<Run>();
        var byPlace = new List<long>();
        long[] back = new long[ends.Length];
        for (int first = 0; first < tiles.Length;)
        {
            long positions = Math.Min(tileLength, all - (first * tileLength));
            var (count, most) = RunFrom(tiles, first, (int)(all / tileLength));
            float[] isVisible = new float[count * most * positions];
            for (int t = 0; t < count; t++)
            {
                for (int s = 0; s < most; s++)
                {
                    int row = ((t * most) + s) * (int)positions, start = (int)((first + t) * tileLength);
                    int? state = s < tiles[first + t].Length ? tiles[first + t][s] : null;
                    // Padding sees everything, so that it is a number, which nobody asks for.
                    var seen = state is { } own ? isVisible.AsSpan(row + starts[own] - start, ends[own] - starts[own] + 1) : isVisible.AsSpan(row, (int)positions);
                    seen.Fill(1);
                    if (state is { } asked) back[asked] = byPlace.Count;
                    byPlace.Add(state ?? 0);
                }
            }

            runs.Add(new Run(HostDevice.Send(isVisible, device).view(count, most, positions)));
            first += count;
        }

        Runs = runs;
        _positions = runs.Select(r => r.Tiles * r.Positions).ToArray();
        _states = runs.Select(r => r.Tiles * r.States).ToArray();
        _byPlace = HostDevice.Send(byPlace.ToArray(), device);
        _back = HostDevice.Send(back, device);
    }

    /// <summary>The runs of tiles, which together hold every row and every state once.</summary>
    internal IReadOnlyList<Run> Runs { get; }

    /// <summary>By run: the positions' part of <paramref name="x"/>, [tiles, positions, width].</summary>
    /// <param name="x">[rows, length, width]</param>
    internal Tensor[] Positions(Tensor x) =>
        x.reshape(-1, x.shape[2]).split(_positions).Zip(Runs, (part, run) => part.view(run.Tiles, run.Positions, x.shape[2])).ToArray();

    /// <summary>By run: the states' part of <paramref name="x"/>, [tiles, states, width].</summary>
    /// <param name="x">[states, width]</param>
    internal Tensor[] States(Tensor x) =>
        x.index_select(0, _byPlace).split(_states).Zip(Runs, (part, run) => part.view(run.Tiles, run.States, x.shape[1])).ToArray();

    /// <summary>Puts what was computed run by run into the order of the states.</summary>
    /// <param name="byRun">By run: [tiles, states, width].</param>
    /// <returns>[states, width]</returns>
    internal Tensor InOrder(IReadOnlyList<Tensor> byRun) => cat(byRun.Select(part => part.flatten(0, 1)).ToArray(), 0).index_select(0, _back);

    /// <summary>Sums over the positions that each state sees.</summary>
    /// <param name="x">[rows, length, width]</param>
    /// <returns>[states, width]</returns>
    public Tensor Sum(Tensor x)
    {
        using var scope = NewDisposeScope();
        return InOrder(Positions(x).Zip(Runs, (own, run) => run.IsVisible.matmul(own)).ToList()).MoveToOuterDisposeScope();
    }

    /// <summary>How many tiles from <paramref name="first"/> on are one run, and the states of its fullest; a last tile that is not whole is its own.</summary>
    private static (int Count, int Most) RunFrom(int[][] tiles, int first, int whole)
    {
        int most = Math.Max(1, tiles[first].Length), sum = most, count = 1;
        while (first + count < whole)
        {
            int states = tiles[first + count].Length, larger = Math.Max(most, states);
            if (larger * (count + 1) > MostPadded * (sum + states)) break;
            (most, sum, count) = (larger, sum + states, count + 1);
        }

        return (count, most);
    }

    /// <param name="IsVisible">[tiles, states, positions]: 1 where the state sees the position of its tile, else 0.</param>
    internal sealed record Run(Tensor IsVisible)
    {
        /// <summary>Tiles of the run.</summary>
        public long Tiles => IsVisible.shape[0];

        /// <summary>States of each, with what is padding.</summary>
        public long States => IsVisible.shape[1];

        /// <summary>Positions of each.</summary>
        public long Positions => IsVisible.shape[2];

        /// <summary>[tiles, states, 1, positions]: 0 where the state sees the position, else −∞.</summary>
        public Tensor Bias { get; } = IsVisible.log().unsqueeze(2);
    }
}
