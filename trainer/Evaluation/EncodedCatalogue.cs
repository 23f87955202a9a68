using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>Every item of the flow, encoded once for a frozen model. The candidates come first, so that a candidate's slot is its column.</summary>
public sealed class EncodedCatalogue : IDisposable
{
    private const int Tile = 4096;
    private readonly int[] _slotOfRow;

    private EncodedCatalogue(ItemVectors vectors, int[] slotOfRow, int candidates)
    {
        Vectors = vectors;
        _slotOfRow = slotOfRow;
        CandidateCount = candidates;
    }

    /// <summary>Vectors by slot.</summary>
    public ItemVectors Vectors { get; }

    /// <summary>[slots, Σ widths]: the frozen features, as <see cref="ContentProfiles"/> compares them; null where they were not asked for.</summary>
    public Tensor? Content { get; private init; }

    /// <summary>Rows of the items in the store, by slot.</summary>
    public int[] Rows => Enumerable.Range(0, _slotOfRow.Length).Where(row => _slotOfRow[row] >= 0).OrderBy(row => _slotOfRow[row]).ToArray();

    /// <summary>Number of items that are ranked.</summary>
    public int CandidateCount { get; }

    /// <summary>A catalogue of given vectors.</summary>
    internal static EncodedCatalogue Of(ItemVectors vectors, int[] slotOfRow, int candidates) =>
        new(vectors.Map(t => t.DetachFromDisposeScope()), slotOfRow, candidates);

    /// <param name="model">In evaluation mode.</param>
    /// <param name="features">The items' features.</param>
    /// <param name="candidates">Rows that are ranked.</param>
    /// <param name="flow">Rows that histories are made of.</param>
    /// <param name="content">Whether <see cref="Content"/> is held too.</param>
    public static EncodedCatalogue Encode(Recommender model, ItemFeatures features, int[] candidates, int[] flow, bool content = false) =>
        Encode(model, features.Gather, features.ItemCount, candidates, flow, content);

    /// <param name="model">In evaluation mode.</param>
    /// <param name="gather">From rows to the features of their items.</param>
    /// <param name="itemCount">Rows of the store.</param>
    /// <param name="candidates">Rows that are ranked.</param>
    /// <param name="flow">Rows that histories are made of.</param>
    /// <param name="content">Whether <see cref="Content"/> is held too.</param>
    public static EncodedCatalogue Encode(Recommender model, Func<int[], ItemBatch> gather, int itemCount, int[] candidates, int[] flow, bool content = false)
    {
        using var quiet = no_grad();
        int[] rows = candidates.Concat(flow.Except(candidates)).ToArray();
        int[] slotOfRow = new int[itemCount];
        Array.Fill(slotOfRow, -1);
        for (int slot = 0; slot < rows.Length; slot++) slotOfRow[rows[slot]] = slot;

        using var scope = NewDisposeScope();
        ItemVectors? vectors = null;
        Tensor? together = null;
        for (int first = 0; first < rows.Length; first += Tile)
        {
            using var inner = NewDisposeScope();
            int count = Math.Min(Tile, rows.Length - first);
            var items = gather(rows[first..(first + count)]);
            var tile = model.EncodeItems(items);
            if (!tile.Tensors.All(t => t.isfinite().all().item<bool>())) throw NotFinite("item vectors");
            // Written to where they stay, as tiles that are joined afterwards would be held twice.
            vectors ??= tile.Map(t => Whole(t).MoveToOuterDisposeScope());
            foreach (var (whole, part) in vectors.Slice(first, count).Tensors.Zip(tile.Tensors)) whole.copy_(part);
            if (!content) continue;
            var profile = ContentProfiles.Vectors(items);
            together ??= Whole(profile).MoveToOuterDisposeScope();
            together.narrow(0, first, count).copy_(profile);
        }

        return new EncodedCatalogue(vectors!.Map(t => t.DetachFromDisposeScope()), slotOfRow, candidates.Length) { Content = together?.DetachFromDisposeScope() };

        Tensor Whole(Tensor part) => empty([rows.Length, .. part.shape[1..]], dtype: part.dtype, device: part.device);
    }

    /// <summary>Slots of the items in <paramref name="rows"/>.</summary>
    public int[] Slots(ReadOnlySpan<int> rows)
    {
        int[] slots = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++) slots[i] = _slotOfRow[rows[i]];
        return slots;
    }

    /// <summary>What is said of a model that computes no numbers any more.</summary>
    internal static UserErrorException NotFinite(string what) =>
        new($"The model's {what} are not finite numbers, so nothing can be ranked; train again with a lower training.learningRate or with training.clipNorm=1.", new NotFiniteNumberException());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Vectors.Tensors) tensor.Dispose();
        Content?.Dispose();
    }
}
