using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

public sealed class EncoderFolderTests : IDisposable
{
    private static readonly float[] SixHundredNumbers = [.. Enumerable.Range(0, 600).Select(i => (float)i)];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_written_description_reads_back_the_same()
    {
        var config = Config() with
        {
            Modality = EncoderModality.Cross,
            Image = new ImageSpec { Size = 64, ResizeTo = 72, Interpolation = Interpolation.Bicubic, Mean = [0.1f, 0.2f, 0.3f], Channels = ChannelOrder.Bgr },
            Pooling = Pooling.Mean,
            Normalize = true,
            Scale = 2.5f,
        };
        WritePack(config);

        var encoder = EncoderFolder.Open(_folder.Path);

        Assert.Equal(config with { Image = null }, encoder.Config with { Image = null });
        Assert.Equal(config.Image.Mean, encoder.Config.Image!.Mean);
        Assert.Equal(config.Image, encoder.Config.Image, ImageWithoutLists);
        Assert.Equal("cross", encoder.ModalityName);
    }

    [Theory]
    [InlineData("encoder.json")]
    [InlineData("model.onnx")]
    [InlineData("model.onnx.data")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    public void One_changed_byte_of_any_part_changes_the_fingerprint(string part)
    {
        WritePack(Config());
        string before = EncoderFolder.Open(_folder.Path).Fingerprint();
        Assert.Equal(before, EncoderFolder.Open(_folder.Path).Fingerprint());

        byte[] bytes = File.ReadAllBytes(_folder[part]);
        int place = part == "encoder.json" ? bytes.AsSpan().IndexOf("encoder-"u8) : bytes.Length - 1;
        bytes[place] ^= 1;
        File.WriteAllBytes(_folder[part], bytes);

        Assert.NotEqual(before, EncoderFolder.Open(_folder.Path).Fingerprint());
    }

    /// <summary>What is written for an encoder decides its fingerprint, and whether a pre-trained one is the same: settings that came later are left out where they say nothing.</summary>
    [Fact]
    public void A_description_is_written_as_before_where_it_says_nothing_new()
    {
        EncoderFolder.WriteConfig(_folder.Path, new EncoderConfig { Name = "x", Modality = EncoderModality.Cross, Tokenizer = new TokenizerSpec { Vocabulary = "vocab.txt" }, Image = new ImageSpec() });

        using var json = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(_folder["encoder.json"]));
        string Keys(string section) => string.Join(' ', (section.Length == 0 ? json.RootElement : json.RootElement.GetProperty(section)).EnumerateObject().Select(entry => entry.Name));
        Assert.Equal("name modality model tokenizer image pooling output normalize scale", Keys(""));
        Assert.Equal("type vocabulary merges maxLength lowercase stripAccents maxWords padToMaxLength", Keys("tokenizer"));
        Assert.Equal("size resizeTo resizeMode interpolation rescale mean std channels", Keys("image"));
    }

    [Fact]
    public void A_file_beside_the_pack_does_not_change_the_fingerprint()
    {
        WritePack(Config());
        string before = EncoderFolder.Open(_folder.Path).Fingerprint();
        File.WriteAllText(_folder["notes.txt"], "unrelated");
        Assert.Equal(before, EncoderFolder.Open(_folder.Path).Fingerprint());
    }

    [Fact]
    public void Missing_external_data_is_named()
    {
        WritePack(Config());
        File.Delete(_folder["model.onnx.data"]);
        var error = Assert.Throws<UserErrorException>(() => EncoderFolder.Open(_folder.Path).Fingerprint());
        Assert.Contains("model.onnx.data", error.Message);
    }

    [Fact]
    public void A_model_that_is_no_model_is_named()
    {
        WritePack(Config());
        File.WriteAllBytes(_folder["model.onnx"], [0x3A, 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3]);
        var error = Assert.Throws<UserErrorException>(() => EncoderFolder.Open(_folder.Path).Fingerprint());
        Assert.Contains("model.onnx is not a readable ONNX model", error.Message);
    }

    [Theory]
    [InlineData("model.onnx", "model")]
    [InlineData("vocab.json", "tokenizer.vocabulary")]
    [InlineData("merges.txt", "tokenizer.merges")]
    public void A_missing_file_is_named_with_its_part(string file, string part)
    {
        WritePack(Config());
        File.Delete(_folder[file]);
        var error = Assert.Throws<UserErrorException>(() => EncoderFolder.Open(_folder.Path));
        Assert.Contains(file, error.Message);
        Assert.Contains(part, error.Message);
    }

    [Fact]
    public void A_missing_folder_and_a_folder_without_description_are_told_apart()
    {
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => EncoderFolder.Open(_folder["nowhere"])).Message);
        Assert.Contains("holds no encoder.json", Assert.Throws<UserErrorException>(() => EncoderFolder.Open(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("""{"name":"a","modality":"text"}""", "tokenizer is missing")]
    [InlineData("""{"name":"a","modality":"image"}""", "image is missing")]
    [InlineData("""{"name":"a","modality":"image","image":{"size":0}}""", "image.size")]
    [InlineData("""{"name":"a","modality":"image","image":{"mean":[1]}}""", "three each")]
    [InlineData("""{"name":"a","modality":"image","image":{"size":224,"resizeTo":200}}""", "image.resizeTo")]
    [InlineData("""{"name":"a","model":"../x.onnx","modality":"image","image":{}}""", "inside the encoder's folder")]
    [InlineData("""{"name":"a","modality":"image","image":{},"poling":"cls"}""", "pooling")]
    [InlineData("""{"modality":"image","image":{}}""", "name is empty")]
    public void A_wrong_value_is_named(string json, string expected)
    {
        File.WriteAllText(_folder["encoder.json"], json);
        var error = Assert.Throws<UserErrorException>(() => EncoderFolder.Open(_folder.Path));
        Assert.Contains(expected, error.Message);
    }

    private static bool ImageWithoutLists(ImageSpec a, ImageSpec b) =>
        (a.Size, a.ResizeTo, a.ResizeMode, a.Interpolation, a.Rescale, a.Channels) == (b.Size, b.ResizeTo, b.ResizeMode, b.Interpolation, b.Rescale, b.Channels);

    private static EncoderConfig Config() => new()
    {
        Name = "encoder-under-test",
        Tokenizer = new TokenizerSpec { Type = TokenizerType.ClipBpe, Vocabulary = "vocab.json", Merges = "merges.txt" },
    };

    private void WritePack(EncoderConfig config)
    {
        var graph = new GraphBuilder("weights outside");
        var x = graph.Input("x", ElementType.Float, "n", 600);
        graph.Output(graph.Add(x, graph.Weight("w", SixHundredNumbers, 600)), "y", "n", 600);
        OnnxWriter.Write(graph, _folder["model.onnx"], new OnnxFile { ExternalDataThreshold = 1000 });
        File.WriteAllText(_folder["vocab.json"], "{}");
        File.WriteAllText(_folder["merges.txt"], "a b\n");
        EncoderFolder.WriteConfig(_folder.Path, config);
    }
}
