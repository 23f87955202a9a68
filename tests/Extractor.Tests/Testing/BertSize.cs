namespace UniM2Rec.Tests.Testing;

/// <summary>Sizes of a made-up BERT.</summary>
internal sealed record BertSize(int Width, int Layers, int Heads, int Inner, int Positions)
{
    public static BertSize Tiny { get; } = new(16, 1, 2, 20, 20);

    /// <summary>As bert-base, for the layers.</summary>
    public static BertSize Base { get; } = new(768, 12, 12, 3072, 128);
}
