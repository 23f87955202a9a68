using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The packed rows of a batch, in tiles of consecutive rows, so that the states that the packing asks for meet the positions that they see in a
/// few plain matrix products: faster than one product a row, and nothing is padded or copied, as a tile's positions are a view, and its states
/// too, once they are in the order of their places. A state sees its own sequence up to itself: all of it, where the packing is not causal, as
/// then it is the last one.
/// </summary>
public sealed class StateTiles
{
    /// <summary>Positions of a tile: enough for a product to be efficient, few enough that little of it is for others' positions.</summary>
    private const long TilePositions = 64;

    private readonly Tensor _byPlace;
    private readonly Tensor _back;
    private readonly long[] _positions;
    private readonly long[] _states;

    /// <param name="packed">The packing; its tensors must outlive this object.</param>
    public StateTiles(PackedSequences packed)
    {
        long rows = packed.Slots.shape[0], length = packed.Slots.shape[1];
        var device = packed.Slots.device;
        long tileLength = Math.Max(1, TilePositions / length) * length;
        int[] ends = packed.ReadPositions;
        int[] starts = packed.SequencesRead.Select(s => packed.Start[s]).ToArray();
        int[] order = Enumerable.Range(0, ends.Length).OrderBy(s => ends[s]).ToArray();
        long[] back = new long[order.Length];
        for (int at = 0; at < order.Length; at++) back[order[at]] = at;

        var byTile = order.ToLookup(s => ends[s] / tileLength);
        var tiles = new List<Tile>();
        for (long first = 0; first < rows * length; first += tileLength)
        {
            long positions = Math.Min(tileLength, (rows * length) - first);
            int[] states = byTile[first / tileLength].ToArray();
            float[] isVisible = new float[states.Length * positions];
            for (int s = 0; s < states.Length; s++)
                isVisible.AsSpan((int)((s * positions) + starts[states[s]] - first), ends[states[s]] - starts[states[s]] + 1).Fill(1);
            tiles.Add(new Tile(tensor(isVisible, device: device).view(states.Length, positions)));
        }

        Tiles = tiles;
        _positions = tiles.Select(t => t.IsVisible.shape[1]).ToArray();
        _states = tiles.Select(t => t.IsVisible.shape[0]).ToArray();
        _byPlace = tensor(Array.ConvertAll(order, s => (long)s), device: device);
        _back = tensor(back, device: device);
    }

    /// <summary>The tiles, which together hold every row and every state once.</summary>
    internal IReadOnlyList<Tile> Tiles { get; }

    /// <summary>By tile: the positions' part of <paramref name="x"/>.</summary>
    /// <param name="x">[rows, length, width]</param>
    internal Tensor[] Positions(Tensor x) => x.reshape(-1, x.shape[2]).split(_positions);

    /// <summary>By tile: the states' part of <paramref name="x"/>.</summary>
    /// <param name="x">[states, width]</param>
    internal Tensor[] States(Tensor x) => x.index_select(0, _byPlace).split(_states);

    /// <summary>Puts what was computed tile by tile into the order of the states.</summary>
    /// <param name="byTile">By tile: [states of the tile, width].</param>
    /// <returns>[states, width]</returns>
    internal Tensor InOrder(IReadOnlyList<Tensor> byTile) => cat(byTile.ToArray(), 0).index_select(0, _back);

    /// <summary>Sums over the positions that each state sees.</summary>
    /// <param name="x">[rows, length, width]</param>
    /// <returns>[states, width]</returns>
    public Tensor Sum(Tensor x)
    {
        using var scope = NewDisposeScope();
        return InOrder(Positions(x).Zip(Tiles, (own, tile) => tile.IsVisible.matmul(own)).ToList()).MoveToOuterDisposeScope();
    }

    /// <param name="IsVisible">[states, positions]: 1 where the state sees the position, else 0.</param>
    internal sealed record Tile(Tensor IsVisible)
    {
        /// <summary>[states, 1, positions]: 0 where the state sees the position, else −∞.</summary>
        public Tensor Bias { get; } = IsVisible.log().unsqueeze(1);
    }
}
