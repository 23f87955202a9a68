using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>Items with random features: two modalities, some absent.</summary>
internal sealed class Items
{
    public Items(int count, int[] widths, int seed)
    {
        manual_seed(seed);
        Count = count;
        Widths = widths;
        Present = rand(count, widths.Length).gt(0.2).to(ScalarType.Float32);
        // The cosine of an item without any modality has no gradient to compare.
        Present.select(1, 0).add_(Present.sum(1).eq(0).to(ScalarType.Float32));
        Features = widths.Select((w, m) => randn(count, w) * Present.narrow(1, m, 1)).ToArray();
        Domains = tensor(Enumerable.Range(0, count).Select(i => (long)(i * 2 / count)).ToArray());
    }

    private Items(Items items, int modality)
    {
        (Count, Widths, Domains) = (items.Count, items.Widths, items.Domains);
        Present = items.Present.clone();
        Features = items.Features.Select(f => f.clone()).ToArray();
        for (int i = 0; i < Count; i++)
        {
            if (Present[i].sum().item<float>() < 2) continue;
            Present[i][modality] = tensor(0f);
            Features[modality][i].zero_();
        }
    }

    public int Count { get; }

    public int[] Widths { get; }

    public Tensor Present { get; }

    public Tensor[] Features { get; }

    public Tensor Domains { get; }

    /// <summary>The same without a modality, where it is not an item's only one.</summary>
    public Items Without(int modality) => new(this, modality);

    public ItemBatch Gather(int[] rows)
    {
        var index = tensor(rows.Select(r => (long)r).ToArray());
        return new ItemBatch(index, Domains.index_select(0, index), Features.Select(f => f.index_select(0, index)).ToList(), Present.index_select(0, index));
    }
}
