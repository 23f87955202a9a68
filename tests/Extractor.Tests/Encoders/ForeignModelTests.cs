using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

/// <summary>The forms in which models are exported elsewhere: each gives the right vectors, or is refused in a sentence that says what to do.</summary>
public class ForeignModelTests
{
    private const int Side = 4;
    private const ElementType Bytes = (ElementType)2, Double = (ElementType)11;
    private static readonly float[] Plain = [0, 0, 0], One = [1, 1, 1];

    public static TheoryData<string> PictureForms { get; } =
        ["plain", "fixed batch of 1", "fixed batch of 2", "double output", "double input", "half in and out", "bytes", "32-bit bytes", "channels last", "channels last, bytes", "four axes", "four axes, fixed batch"];

    /// <summary>The vector of each is its picture's three means, of values from 0 to 1, and twice them.</summary>
    [Theory]
    [MemberData(nameof(PictureForms))]
    public void A_picture_encoder_of_any_form_gives_each_picture_its_own_means(string form)
    {
        using var folder = new TemporaryFolder();
        var encoder = Add(folder, PictureModel(form), new EncoderAdditionRequest { ModelPath = folder["m.onnx"], Mean = Plain, Std = One });
        using var session = EncoderSession.Open(encoder, new SessionSettings());
        bool isBytes = form.Contains("bytes", StringComparison.Ordinal);
        var window = new PreparedItems(3, 0, hasWeights: false, Side, session.Width, 0);
        for (int i = 0; i < 3; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                window.PixelRoom().Slice(channel * Side * Side, Side * Side).Fill((40 * i + 10 * channel) / (isBytes ? 1f : 255f));
            window.KeepPicture(i);
        }

        session.Encode(window, [0, 1, 2], rows: 3, length: 0);

        Assert.Equal(6, session.Width);
        Assert.Equal(isBytes ? 1 : 1 / 255.0, encoder.Config.Image!.Rescale);
        for (int i = 0; i < 3; i++)
            Assert.All(window.Features(i).ToArray().Index(), v => Assert.Equal((40 * i + 10 * (v.Index % 3)) * (v.Index / 3 + 1) / 255f, v.Item, 1e-3f));
    }

    [Fact]
    public void Bytes_can_not_be_normalised_before()
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<UserErrorException>(() => Add(folder, PictureModel("bytes"), new EncoderAdditionRequest { ModelPath = folder["m.onnx"], Mean = [0.5f, 0.5f, 0.5f], Std = One }));
        Assert.Contains("takes a picture's bytes", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("leave out --mean and --std.", error.Message, StringComparison.Ordinal);

        var encoder = Add(folder, PictureModel("bytes"), new EncoderAdditionRequest { ModelPath = folder["m.onnx"] });
        EncoderFolder.WriteConfig(encoder.Folder, encoder.Config with { Image = encoder.Config.Image! with { Rescale = 1.0 / 255 } });
        Assert.Contains("image.rescale must be 1", Assert.Throws<UserErrorException>(() => EncoderSession.Open(EncoderFolder.Open(encoder.Folder), new SessionSettings())).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Refusals { get; } = new()
    {
        { "whole output", "is of type Int64, but float, float16 or double was expected" },
        { "two pictures", "has 2 inputs that would be filled alike" },
        { "not square", "takes pictures of 8 x 4 pixels, but a square was expected" },
        { "one channel", "but three channels were expected" },
        { "three axes", "has 3 axes [-1, 4, 4], but 4 were expected" },
        { "no axes", "has 0 axes [], but 4 were expected" },
        { "maps", "answers with [1, 3, 4, 4], but [items, width] was expected" },
        { "two batches", "declares inputs of 2 and 3 items" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_can_not_be_used_is_refused_when_it_is_added_or_opened(string form, string expected)
    {
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<UserErrorException>(() =>
        {
            var encoder = Add(folder, RefusedModel(form), new EncoderAdditionRequest { ModelPath = folder["m.onnx"], Size = Side, Mean = Plain, Std = One, Tokenizer = TokenizerType.HashedNgrams });
            EncoderSession.Open(encoder, new SessionSettings()).Dispose();
        });

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fixed_length_is_taken_over_and_texts_are_filled_up_to_it()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("sum of seven ids");
        var ids = graph.Cast(graph.Input("input_ids", ElementType.Int64, "n", 7), ElementType.Float);
        graph.Output(graph.ReduceSum(ids, [1]), "y", "n", 1);
        var request = new EncoderAdditionRequest { ModelPath = folder["m.onnx"], Tokenizer = TokenizerType.HashedNgrams };

        var encoder = Add(folder, graph, request);

        Assert.Equal((7, true), (encoder.Config.Tokenizer!.MaxLength, encoder.Config.Tokenizer.PadToMaxLength));
        EncoderSession.Open(encoder, new SessionSettings()).Dispose();
        Assert.Contains("exactly 7 ids, but --max-length 9", Assert.Throws<UserErrorException>(() => EncoderAddition.Make(folder["again"], request with { MaxLength = 9 })).Message, StringComparison.Ordinal);
        EncoderFolder.WriteConfig(encoder.Folder, encoder.Config with { Tokenizer = encoder.Config.Tokenizer with { MaxLength = 8 } });
        Assert.Contains("tokenizer.maxLength must be 7", Assert.Throws<UserErrorException>(() => EncoderSession.Open(EncoderFolder.Open(encoder.Folder), new SessionSettings())).Message, StringComparison.Ordinal);
    }

    private static GraphBuilder PictureModel(string form)
    {
        var graph = new GraphBuilder("means");
        var type = form switch
        {
            "bytes" or "channels last, bytes" => Bytes,
            "32-bit bytes" => ElementType.Int32,
            "half in and out" => ElementType.Float16,
            "double input" => Double,
            _ => ElementType.Float,
        };
        bool isLast = form.StartsWith("channels last", StringComparison.Ordinal), keep = form.StartsWith("four axes", StringComparison.Ordinal);
        Dimension items = form.Contains("fixed batch", StringComparison.Ordinal) ? form.Contains('2', StringComparison.Ordinal) ? 2 : 1 : "n";
        var pixels = isLast ? graph.Input("pixel_values", type, items, Side, Side, 3) : graph.Input("pixel_values", type, items, 3, Side, Side);
        var values = graph.Cast(pixels, ElementType.Float);
        if (type is Bytes or ElementType.Int32)
            values = graph.Div(values, graph.Scalar(255));
        var means = graph.ReduceMean(values, isLast ? [1, 2] : [2, 3], keep);
        var vector = graph.Concat(1, means, graph.Mul(means, graph.Scalar(2)));
        var answer = graph.Cast(vector, form switch { "double output" => Double, "half in and out" => ElementType.Float16, _ => ElementType.Float });
        if (keep)
            graph.Output(answer, "y", items, 6, 1, 1);
        else
            graph.Output(answer, "y", items, 6);
        return graph;
    }

    private static GraphBuilder RefusedModel(string form)
    {
        var graph = new GraphBuilder("refused");
        Value Mean(Value pixels) => graph.ReduceMean(pixels, [1, 2, 3], keep: false);
        switch (form)
        {
            case "whole output":
                graph.Output(graph.Input("input_ids", ElementType.Int64, "n", "l"), "y", "n", "l");
                break;
            case "two pictures":
                graph.Output(graph.Unsqueeze(graph.Add(Mean(graph.Input("a", ElementType.Float, "n", 3, Side, Side)), Mean(graph.Input("b", ElementType.Float, "n", 3, Side, Side))), 1), "y", "n", 1);
                break;
            case "two batches":
                graph.Output(graph.Unsqueeze(graph.Add(Mean(graph.Input("pixel_values", ElementType.Float, 2, 3, Side, Side)), graph.ReduceSum(graph.Input("has_image", ElementType.Float, 3), [0])), 1), "y", 2, 1);
                break;
            case "not square":
                graph.Output(graph.Unsqueeze(Mean(graph.Input("pixel_values", ElementType.Float, "n", 3, Side, 2 * Side)), 1), "y", "n", 1);
                break;
            case "one channel":
                graph.Output(graph.Unsqueeze(Mean(graph.Input("pixel_values", ElementType.Float, "n", 1, Side, Side)), 1), "y", "n", 1);
                break;
            case "three axes":
                graph.Output(graph.ReduceMean(graph.Input("pixel_values", ElementType.Float, "n", Side, Side), [2], keep: false), "y", "n", Side);
                break;
            case "no axes":
                graph.Output(graph.Unsqueeze(graph.Input("pixel_values", ElementType.Float), 0), "y", 1);
                break;
            default:
                graph.Output(graph.Relu(graph.Input("pixel_values", ElementType.Float, "n", 3, Side, Side)), "y", "n", 3, Side, Side);
                break;
        }

        return graph;
    }

    private static EncoderFolder Add(TemporaryFolder folder, GraphBuilder graph, EncoderAdditionRequest request)
    {
        OnnxWriter.Write(graph, folder["m.onnx"]);
        EncoderAddition.Make(folder["encoder"], request);
        return EncoderFolder.Open(folder["encoder"]);
    }
}
