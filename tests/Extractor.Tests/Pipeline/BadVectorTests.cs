using OpenCvSharp;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Features;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

/// <summary>A number that is not finite, or that the store can't hold, spoils its item and no other.</summary>
public class BadVectorTests
{
    [Theory]
    [InlineData("log", FeatureType.Float32)]
    [InlineData("large", FeatureType.Float16)]
    public void One_bad_vector_is_one_reject_named_by_item(string kind, FeatureType type)
    {
        using var folder = new TemporaryFolder();
        var dataset = Catalogue(folder, black: 2);
        var settings = Settings(folder, kind) with { Dtype = type, MaxRejectRate = 0.2 };

        foreach (bool again in new[] { false, true })
        {
            var (outcomes, rejected) = Marketplaces.Run(dataset, folder["store"], settings);
            Assert.Equal((1, again ? 0 : 1), (rejected, outcomes.Single().Failed));
            string[] lines = File.ReadAllLines(folder["store/rejects.csv"]);
            Assert.Equal(2, lines.Length);
            Assert.Contains($"item 'i2': its vector of the modality 'image' (encoder 'maker') has a number that is not finite, or that {type.ToString().ToLowerInvariant()} can't hold", lines[1], StringComparison.Ordinal);
            using var store = FeatureStore.Open(folder["store"]);
            Assert.Equal([true, true, false, true, true, true], Enumerable.Range(0, 6).Select(store.Modality("image").IsPresent));
        }
    }

    [Fact]
    public void Too_many_bad_vectors_end_the_run()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<UserErrorException>(() => Marketplaces.Run(Catalogue(folder, black: 2), folder["store"], Settings(folder, "log") with { MaxRejectRate = 0.1 }));

        Assert.Contains("item 'i2'", error.Message, StringComparison.Ordinal);
        Assert.Contains("--max-reject-rate", error.Message, StringComparison.Ordinal);
    }

    private static Dataset Catalogue(TemporaryFolder folder, int black)
    {
        folder.Write("c/dataset.json", """{"name": "c", "domains": ["d"], "images": "images"}""");
        folder.Write("c/d/items.csv", "item_id,title,image\n" + string.Concat(Enumerable.Range(0, 6).Select(i => $"i{i},item {i},{i}.png\n")));
        folder.Write("c/d/interactions.csv", "user_id,item_id,timestamp\n");
        for (int i = 0; i < 6; i++)
        {
            using var picture = new Mat(8, 8, MatType.CV_8UC3, new Scalar(i == black ? 0 : 40, i == black ? 0 : 20 * i + 20, i == black ? 0 : 200));
            Cv2.ImEncode(".png", picture, out byte[]? png);
            folder.Write($"c/images/{i}.png", png);
        }

        return Dataset.Open(folder["c"]);
    }

    /// <summary>An encoder of the mean's logarithm, or of a number as large as a picture is dark.</summary>
    private static ExtractionSettings Settings(TemporaryFolder folder, string kind)
    {
        var graph = new GraphBuilder(kind);
        var mean = graph.ReduceMean(graph.Input("pixel_values", ElementType.Float, "n", 3, 4, 4), [2, 3], keep: false);
        graph.Output(kind == "log" ? graph.Log(mean) : graph.Div(graph.Scalar(1), graph.Add(mean, graph.Scalar(1e-6))), "y", "n", 3);
        Directory.CreateDirectory(folder["encoders/maker"]);
        OnnxWriter.Write(graph, folder["encoders/maker/model.onnx"]);
        EncoderFolder.WriteConfig(folder["encoders/maker"], new EncoderConfig { Name = "maker", Modality = EncoderModality.Image, Image = new ImageSpec { Size = 4 } });
        return Marketplaces.Fast with { Text = "", Cross = "", Image = "maker", Encoders = folder["encoders"] };
    }
}
