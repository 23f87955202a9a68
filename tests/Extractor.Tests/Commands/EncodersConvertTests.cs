using Microsoft.ML.OnnxRuntime;
using UniM2Rec.Catalogue;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Features;
using UniM2Rec.Models.Encoders;
using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Encoders.Golden;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Commands;

[Collection("console")]
public class EncodersConvertTests
{
    private const float Tolerance = 1e-4f;

    [Fact]
    public async Task Converted_bert_resnet_and_visualbert_extract_a_catalogue()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        string resnet = HuggingFaceFolder.WriteResNet(folder);
        await Convert(folder, HuggingFaceFolder.WriteBert(folder), "bert", "--pooling", "mean", "--normalize", "--max-length", "12");
        await Convert(folder, resnet, "resnet");
        await Convert(folder, HuggingFaceFolder.WriteVisualBert(folder), "visualbert", "--image-backbone", resnet);

        var (code, _, errors) = await Run(folder, "--text", "bert", "--image", "resnet", "--cross", "visualbert");

        Assert.True(code == 0, errors);
        using var store = FeatureStore.Open(folder["store"]);
        Assert.Equal([("cross", 16), ("image", 64), ("text", 16)], store.ModalityNames.Select(name => (name, store.Modality(name).Width)));
        var (textless, row) = Items(dataset).First(e => e.Item.Text.Length == 0);
        Assert.True(store.Modality("cross").IsPresent(row));
        Assert.False(store.Modality("text").IsPresent(row));
        float[] vector = new float[16];
        store.Modality("cross").ReadRow(row, vector);
        Assert.All(WithEmptyText(EncoderFolder.Open(folder["encoders/visualbert"]), dataset.ResolveImage(textless)!).Zip(vector), p => Assert.Equal(p.First, p.Second, Tolerance));
        store.Modality("text").ReadRow(Items(dataset).First(e => e.Item.Text.Length > 0).Row, vector);
        Assert.Equal(1, MathF.Sqrt(vector.Sum(v => v * v)), Tolerance);
    }

    [Fact]
    public async Task Converted_clip_gives_text_and_image_of_one_width()
    {
        using var folder = new TemporaryFolder();
        Marketplaces.Create(folder["market"]);
        var golden = GoldenIds.Read("clip-bpe.json");
        string output = await Convert(folder, HuggingFaceFolder.WriteClip(folder, golden.Vocabulary, golden.Merges), "clip", "--precision", "fp16");

        var (code, _, errors) = await Run(folder, "--text", "clip-text", "--image", "clip-image", "--no-cross");

        Assert.True(code == 0, errors);
        using var store = FeatureStore.Open(folder["store"]);
        Assert.Equal([("image", 12), ("text", 12)], store.ModalityNames.Select(name => (name, store.Modality(name).Width)));
        Assert.Equal(2, output.Split("float16").Length - 1);
        foreach (string? name in new[] { "clip-text", "clip-image" })
            Assert.Contains(EncoderFolder.Open(folder["encoders/" + name]).Fingerprint(), output, StringComparison.Ordinal);

        string clip = HuggingFaceFolder.WriteClip(folder, golden.Vocabulary, golden.Merges);
        var again = await ProgramRun.Of(["encoders", "convert", "--from", clip, "--out", folder["encoders/clip"]]);
        Assert.Equal(1, again.Code);
        Assert.Contains("--overwrite", again.Errors, StringComparison.Ordinal);
        await Convert(folder, clip, "clip", "--overwrite");
    }

    private static async Task<string> Convert(TemporaryFolder folder, string from, string name, params string[] more)
    {
        var (code, output, errors) = await ProgramRun.Of(["encoders", "convert", "--from", from, "--out", folder["encoders/" + name], .. more]);
        Assert.True(code == 0, errors);
        Assert.Contains("next: unim2rec-extract run --dataset CATALOGUE --out FEATURES --", errors, StringComparison.Ordinal);
        return output;
    }

    private static Task<(int Code, string Output, string Errors)> Run(TemporaryFolder folder, params string[] encoders) =>
        ProgramRun.Of(["run", "--dataset", folder["market"], "--out", folder["store"], "--encoders", folder["encoders"], "--dtype", "float32", "--device", "cpu", .. encoders]);

    private static IEnumerable<(Item Item, int Row)> Items(Dataset dataset)
    {
        using var silent = new RejectLog(csvPath: null);
        return dataset.Domains.SelectMany(domain => dataset.ReadItems(domain, silent)).Select((item, row) => (item, row)).ToArray();
    }

    /// <summary>What the model answers to [CLS] [SEP] and a picture.</summary>
    private static float[] WithEmptyText(EncoderFolder encoder, string picture)
    {
        int side = encoder.Config.Image!.Size;
        float[] pixels = new float[3 * side * side];
        Assert.Null(new PicturePreparation(encoder.Config.Image).Prepare(picture, pixels));
        using var session = new InferenceSession(encoder.ModelPath);
        using var run = new RunOptions();
        using var ids = OrtValue.CreateTensorValueFromMemory(new long[] { 2, 3 }, [1, 2]);
        using var mask = OrtValue.CreateTensorValueFromMemory(new long[] { 1, 1 }, [1, 2]);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[] { 0, 0 }, [1, 2]);
        using var image = OrtValue.CreateTensorValueFromMemory(pixels, [1, 3, side, side]);
        using var hasImage = OrtValue.CreateTensorValueFromMemory(new float[] { 1 }, [1]);
        using var answer = session.Run(run, ["input_ids", "attention_mask", "token_type_ids", "pixel_values", "has_image"], [ids, mask, types, image, hasImage], ["embedding"]);
        return answer[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
