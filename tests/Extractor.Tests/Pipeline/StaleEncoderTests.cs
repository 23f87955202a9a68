using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Pipeline;

[Collection("console")]
public class StaleEncoderTests
{
    [Theory]
    [InlineData("model.onnx")]
    [InlineData("model.onnx.data")]
    [InlineData("vocab.txt")]
    [InlineData("encoder.json")]
    public async Task One_changed_byte_makes_exactly_that_modality_stale(string part)
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder["market"]);
        var encoder = EncoderConverter.Convert(HuggingFaceFolder.WriteBert(folder), folder["encoders/bert"], new ConvertOptions { ExternalDataThreshold = 0 }, Progress.None)[0];
        BuiltInEncoders.Create(BuiltInNames.Image, folder["encoders/image-stats"]);
        string[] run = ["run", "--dataset", folder["market"], "--out", folder["store"], "--encoders", folder["encoders"], "--text", "bert", "--no-cross", "--device", "cpu"];
        Assert.Equal(0, (await ProgramRun.Of(run)).Code);
        var before = Stores.Contents(folder["store"]);
        var (old, files) = (encoder.Fingerprint(), Directory.GetFiles(folder["encoders/bert"]).Select(f => Path.GetFileName(f)));
        Assert.Equal(["encoder.json", "model.onnx", "model.onnx.data", "vocab.txt"], files.Order());

        ChangeOneByte(folder["encoders/bert/" + part]);
        var (code, _, errors) = await ProgramRun.Of(run);

        Assert.True(code == 0, errors);
        var after = Stores.Contents(folder["store"]);
        Assert.DoesNotContain(before.Keys, f => f.StartsWith("text", StringComparison.Ordinal) && after.ContainsKey(f));
        Assert.All(before.Where(f => f.Key.StartsWith("image", StringComparison.Ordinal)), f => Assert.Equal(f.Value, after[f.Key]));
        string message = File.ReadLines(folder["store/extract.log"]).Single(line => line.Contains("stale", StringComparison.Ordinal));
        Assert.Contains(old, message, StringComparison.Ordinal);
        Assert.Contains(EncoderFolder.Open(encoder.Folder).Fingerprint(), message, StringComparison.Ordinal);
        Assert.Contains($"unim2rec-extract run --dataset {dataset.Folder} --out {folder["store"]} --text bert --no-image --no-cross", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_list_and_check_say_which_features_are_stale()
    {
        using var folder = new TemporaryFolder();
        Marketplaces.Create(folder["market"]);
        foreach (string? name in new[] { BuiltInEncoders.TextHash, BuiltInNames.Image })
            BuiltInEncoders.Create(name, folder["encoders/" + name]);
        string[] run = ["run", "--dataset", folder["market"], "--out", folder["store"], "--encoders", folder["encoders"], "--text", "text-hash", "--no-cross", "--set", "textFields=[\"title\",\"brand\"]"];
        Assert.Equal(0, (await ProgramRun.Of(run)).Code);
        ChangeOneByte(folder["encoders/image-stats/encoder.json"]);

        foreach (string[] command in new string[][]
        {
            ["inspect", "--features", folder["store"], "--encoders", folder["encoders"]],
            ["encoders", "list", "--encoders", folder["encoders"], "--features", folder["store"]],
            ["encoders", "check", folder["encoders/text-hash"], folder["encoders/image-stats"], "--features", folder["store"]],
        })
        {
            var (code, output, errors) = await ProgramRun.Of(command);
            Assert.True(code == 0, errors);
            string[] lines = output.Split('\n');
            Assert.Contains(lines, l => $" {l} ".Contains(" text-hash ", StringComparison.Ordinal) && l.Contains(" up to date", StringComparison.Ordinal));
            Assert.Contains(lines, l => $" {l} ".Contains(" image-stats ", StringComparison.Ordinal) && l.Contains(" stale, ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task List_and_check_show_width_precision_fingerprint_and_what_is_broken()
    {
        using var folder = new TemporaryFolder();
        string source = HuggingFaceFolder.WriteBert(folder);
        foreach (var (name, precision) in new[] { ("full", Precision.Float32), ("half", Precision.Float16) })
            EncoderConverter.Convert(source, folder["encoders/" + name], new ConvertOptions { Precision = precision }, Progress.None);
        BuiltInEncoders.Create(BuiltInNames.Image, folder["encoders/broken"]);
        File.WriteAllText(folder["encoders/broken/model.onnx"], "no model");

        var (code, list, _) = await ProgramRun.Of("encoders", "list", "--encoders", folder["encoders"]);
        var (checkCode, check, errors) = await ProgramRun.Of("encoders", "check", folder["encoders/broken"]);

        Assert.Equal((0, 1), (code, checkCode));
        foreach (var (name, precision) in new[] { ("full", "float32"), ("half", "float16") })
        {
            string line = list.Split('\n').Single(l => l.StartsWith($"{name} ", StringComparison.Ordinal));
            Assert.All(new[] { "text", "16", precision, EncoderFolder.Open(folder["encoders/" + name]).Fingerprint()[..12], "loads" }, cell => Assert.Contains($" {cell} ", $"{line} ", StringComparison.Ordinal));
        }

        Assert.Contains("can't be used", check, StringComparison.Ordinal);
        Assert.Contains("model.onnx", errors, StringComparison.Ordinal);
    }

    /// <summary>A byte that leaves the file readable: the graph's name, the last weight, the last token, or the scale.</summary>
    private static void ChangeOneByte(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        var (at, value) = Path.GetFileName(path) switch
        {
            "model.onnx" => (bytes.AsSpan().IndexOf("\u0012\u0004bert"u8) + 2, '~'),
            "encoder.json" => (bytes.AsSpan().IndexOf("\"scale\": 1"u8) + 9, '2'),
            "vocab.txt" => (bytes.Length - 2, '~'),
            _ => (bytes.Length - 1, '~'),
        };
        bytes[at] = (byte)value;
        File.WriteAllBytes(path, bytes);
    }
}
