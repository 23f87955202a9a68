using UniM2Rec.Diagnostics;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Numerics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.BuiltIn;

public sealed class CrossEncoderTests : IDisposable
{
    private const int Width = 768;
    private const int SideWidth = 256;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_sides_and_their_product_are_there_and_a_missing_side_is_zero(bool fitted)
    {
        var encoder = fitted
            ? TextSvdFitter.Fit(["red mug", "blue hat", "green mug", "wool hat"], new TextSvdOptions(), Progress.None).WriteCrossEncoder(_folder["e"])
            : BuiltInEncoders.Create(BuiltInEncoders.CrossFusion, _folder["e"]);

        float[] both = Embed(encoder, "red mug", picture: true);
        float[] text = Embed(encoder, "red mug", picture: false);
        float[] image = Embed(encoder, "", picture: true);

        foreach (float[]? vector in new[] { both, text, image })
            Assert.Equal(Math.Sqrt(Width) / 2, Vectors.Length(vector), 3);
        Assert.All(text[SideWidth..], v => Assert.Equal(0f, v));
        Assert.All(image[..SideWidth].Concat(image[(2 * SideWidth)..]), v => Assert.Equal(0f, v));
        Assert.Equal(1, Vectors.Cosine(both[..SideWidth], text[..SideWidth]), 5);
        Assert.Equal(1, Vectors.Cosine(both[SideWidth..(2 * SideWidth)], image[SideWidth..(2 * SideWidth)]), 5);
        float[] product = both[..SideWidth].Zip(both[SideWidth..], (t, v) => t * v).ToArray();
        Assert.Equal(1, Vectors.Cosine(product, both[(2 * SideWidth)..]), 5);
    }

    [Fact]
    public void Neither_side_gives_zeros()
    {
        var encoder = BuiltInEncoders.Create(BuiltInEncoders.CrossFusion, _folder["e"]);
        Assert.All(Embed(encoder, "", picture: false), v => Assert.Equal(0f, v));
    }

    [Fact]
    public void Every_built_in_encoder_is_written_with_the_same_bytes_each_time()
    {
        foreach (string name in BuiltInEncoders.Names)
        {
            var first = BuiltInEncoders.Create(name, _folder["a-" + name]);
            var second = BuiltInEncoders.Create(name, _folder["b-" + name]);
            Assert.Equal(first.Fingerprint(), second.Fingerprint());
            Assert.Equal(name, first.Config.Name);
            Assert.InRange(new FileInfo(first.ModelPath).Length, 1, 50_000_000);
        }
    }

    [Fact]
    public void An_unknown_built_in_encoder_is_refused_with_the_nearest_name()
    {
        var error = Assert.Throws<UserErrorException>(() => BuiltInEncoders.Create("text-hsh", _folder["e"]));
        Assert.Contains("did you mean 'text-hash'", error.Message);
    }

    private static float[] Embed(EncoderFolder encoder, string text, bool picture)
    {
        long[] ids = new long[8];
        float[] counts = new float[8];
        NgramTokenizer.Load(encoder).Encode(text, ids, counts);
        float[] pixels = picture ? DeadLeaves.Draw(64, new RandomNumbers(6)) : new float[3 * 64 * 64];
        return OnnxRun.Floats(
            encoder.ModelPath,
            "embedding",
            ("input_ids", ids, [1, 8]),
            ("weights", counts, [1, 8]),
            ("pixel_values", pixels, [1, 3, 64, 64]),
            ("has_text", new[] { text.Length > 0 ? 1f : 0f }, [1]),
            ("has_image", new[] { picture ? 1f : 0f }, [1]));
    }
}
