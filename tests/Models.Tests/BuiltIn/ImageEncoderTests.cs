using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Numerics;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.BuiltIn;

public sealed class ImageEncoderTests : IDisposable
{
    private const int Side = 64;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Graph_features_equal_the_plain_computation()
    {
        var graph = new GraphBuilder("features");
        graph.Output(ImageStatisticsGraph.Features(graph, BuiltInEncoders.ImageInput(graph)), "features", "items", ImageStatisticsLayout.FeatureCount);
        OnnxWriter.Write(graph, _folder["m.onnx"]);
        var random = new RandomNumbers(8);
        float[][] pictures = [DeadLeaves.Draw(Side, random), DeadLeaves.Draw(Side, random), Noise(random), Solid(1, 0, 0)];

        float[] actual = OnnxRun.Floats(_folder["m.onnx"], "features", ("pixel_values", pictures.SelectMany(p => p).ToArray(), [4, 3, Side, Side]));

        int count = ImageStatisticsLayout.FeatureCount;
        Assert.Equal(4 * count, actual.Length);
        for (int picture = 0; picture < 4; picture++)
            Assert.All(ImageStatistics.Compute(pictures[picture]).Zip(actual[(picture * count)..]), pair => Assert.Equal(pair.First, pair.Second, 2e-3f));
    }

    [Fact]
    public void Each_block_answers_to_what_it_is_named_after()
    {
        float[] red = ImageStatistics.Compute(Solid(1, 0, 0));
        Assert.Equal(1, Block(red, "joint colour histogram").Sum(v => v * v), 3);          // shares add up to 1
        Assert.Equal(4, Block(red, "chroma histograms of the quadrants").Sum(v => v * v), 3);
        Assert.Equal(0.299f, Block(red, "colour layout, 8 x 8")[0], 1e-5f);                // luminance of pure red
        Assert.All(Block(red, "colour spread, 4 x 4"), v => Assert.True(v < 1e-3));
        Assert.All(Block(red, "edge orientations at full scale, 4 x 4"), v => Assert.True(v < 1e-3));

        // Left half black, right half white: light grows to the right, in the middle columns of the 4 x 4 grid only.
        float[] step = Block(ImageStatistics.Compute(Step()), "edge orientations at full scale, 4 x 4");
        float[] right = step[..16];
        float[] left = step[(4 * 16)..(5 * 16)];
        Assert.All(left, v => Assert.Equal(0, v, 3));
        for (int cell = 0; cell < 16; cell++)
            Assert.Equal(cell % 4 is 1 or 2, right[cell] > 0.1);
    }

    [Fact]
    public void Different_pictures_have_well_spread_vectors()
    {
        var encoder = BuiltInEncoders.Create(BuiltInEncoders.ImageStats, _folder["e"]);
        var random = new RandomNumbers(123);
        const int count = 24;
        float[] pixels = Enumerable.Range(0, count).SelectMany(_ => DeadLeaves.Draw(Side, random)).ToArray();

        float[][] vectors = OnnxRun.Floats(encoder.ModelPath, "embedding", ("pixel_values", pixels, [count, 3, Side, Side])).Chunk(512).ToArray();

        double[] cosines = Enumerable.Range(0, count).SelectMany(a => Enumerable.Range(0, a).Select(b => Vectors.Cosine(vectors[a], vectors[b]))).ToArray();
        Assert.InRange(cosines.Average(), -0.1, 0.15);
        Assert.True(Math.Sqrt(cosines.Average(c => c * c)) > 0.1);
        Assert.All(vectors, v => Assert.Equal(Math.Sqrt(512) / 2, Vectors.Length(v), 3));
    }

    [Fact]
    public void A_slightly_changed_picture_stays_close()
    {
        var encoder = BuiltInEncoders.Create(BuiltInEncoders.ImageStats, _folder["e"]);
        var random = new RandomNumbers(31);
        float[] picture = DeadLeaves.Draw(Side, random);
        float[] noisy = Array.ConvertAll(picture, v => Math.Clamp(v + 0.02f * random.NextCentred(), 0, 1));
        float[] vectors = OnnxRun.Floats(encoder.ModelPath, "embedding", ("pixel_values", picture.Concat(noisy).ToArray(), [2, 3, Side, Side]));
        Assert.True(Vectors.Cosine(vectors.AsSpan(0, 512), vectors.AsSpan(512)) > 0.8);
    }

    private static float[] Block(float[] features, string name)
    {
        var blocks = ImageStatisticsLayout.Blocks;
        int start = blocks.TakeWhile(b => b.Name != name).Sum(b => b.Length);
        return features[start..(start + blocks.Single(b => b.Name == name).Length)];
    }

    private static float[] Solid(float red, float green, float blue) =>
        [.. new[] { red, green, blue }.SelectMany(c => Enumerable.Repeat(c, Side * Side))];

    private static float[] Step() => [.. Enumerable.Range(0, 3 * Side * Side).Select(i => i % Side < Side / 2 ? 0f : 1f)];

    private static float[] Noise(RandomNumbers random) => [.. Enumerable.Range(0, 3 * Side * Side).Select(_ => (float)random.NextUnit())];
}
