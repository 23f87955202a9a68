using UniM2Rec.Trainer.Sequences;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The packed rows of a batch, in tiles of consecutive rows, so that something which exists once a sequence (a query, a sum) meets the
/// positions in a few plain matrix products. Nothing is padded or copied: a tile's positions are a view, and its sequences too, once they are
/// in the order of their places.
/// </summary>
public sealed class SequenceTiles
{
    /// <summary>Positions of a tile: enough for a product to be efficient, few enough that little of it is for other sequences.</summary>
    private const long TilePositions = 64;

    private readonly Tensor _byPlace;
    private readonly Tensor _back;
    private readonly long[] _positions;
    private readonly long[] _sequences;

    /// <param name="packed">The packing; its tensors must outlive this object.</param>
    public SequenceTiles(PackedSequences packed)
    {
        long rows = packed.Slots.shape[0], length = packed.Slots.shape[1];
        var device = packed.Slots.device;
        long tileLength = Math.Max(1, TilePositions / length) * length;
        var order = Enumerable.Range(0, packed.Start.Length).OrderBy(s => packed.Start[s]).ToArray();
        var back = new long[order.Length];
        for (int at = 0; at < order.Length; at++) back[order[at]] = at;

        var tiles = new List<Tile>();
        foreach (var members in order.GroupBy(s => packed.Start[s] / tileLength))
        {
            long first = members.Key * tileLength;
            long positions = Math.Min(tileLength, (rows * length) - first);
            var sequences = members.ToArray();
            var isMember = new float[sequences.Length * positions];
            for (int s = 0; s < sequences.Length; s++)
                isMember.AsSpan((int)((s * positions) + packed.Start[sequences[s]] - first), packed.Sequences[sequences[s]].Length).Fill(1);
            tiles.Add(new Tile(tensor(isMember, device: device).view(sequences.Length, positions)));
        }

        Tiles = tiles;
        _positions = tiles.Select(t => t.IsMember.shape[1]).ToArray();
        _sequences = tiles.Select(t => t.IsMember.shape[0]).ToArray();
        _byPlace = tensor(Array.ConvertAll(order, s => (long)s), device: device);
        _back = tensor(back, device: device);
    }

    /// <summary>The tiles, which together hold every row and every sequence once.</summary>
    internal IReadOnlyList<Tile> Tiles { get; }

    /// <summary>By tile: the positions' part of <paramref name="x"/>.</summary>
    /// <param name="x">[rows, length, width]</param>
    internal Tensor[] Positions(Tensor x) => x.view(-1, x.shape[2]).split(_positions);

    /// <summary>By tile: the sequences' part of <paramref name="x"/>.</summary>
    /// <param name="x">[sequences, width]</param>
    internal Tensor[] Sequences(Tensor x) => x.index_select(0, _byPlace).split(_sequences);

    /// <summary>Puts what was computed tile by tile into the order of the sequences.</summary>
    /// <param name="byTile">By tile: [sequences of the tile, width].</param>
    /// <returns>[sequences, width]</returns>
    internal Tensor InOrder(IReadOnlyList<Tensor> byTile) => cat(byTile.ToArray(), 0).index_select(0, _back);

    /// <summary>Sums over each sequence's positions.</summary>
    /// <param name="x">[rows, length, width]</param>
    /// <returns>[sequences, width]</returns>
    public Tensor Sum(Tensor x)
    {
        using var scope = NewDisposeScope();
        return InOrder(Positions(x).Zip(Tiles, (own, tile) => tile.IsMember.matmul(own)).ToList()).MoveToOuterDisposeScope();
    }

    /// <param name="IsMember">[sequences, positions]: 1 where a position belongs to the sequence, else 0.</param>
    internal sealed record Tile(Tensor IsMember)
    {
        /// <summary>[sequences, 1, positions]: 0 where a position belongs to the sequence, else −∞.</summary>
        public Tensor Bias { get; } = IsMember.log().unsqueeze(1);
    }
}
