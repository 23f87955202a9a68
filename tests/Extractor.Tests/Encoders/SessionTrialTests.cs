using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

/// <summary>A vector must be the item's own: not its padding's, and not its neighbours'.</summary>
public class SessionTrialTests
{
    private const int Side = 4;

    [Theory]
    [InlineData("tokens and cells", Pooling.Mean, false)]
    [InlineData("tokens and cells", Pooling.Max, false)]
    [InlineData("tokens and cells", Pooling.Cls, true)]
    [InlineData("cells", Pooling.Mean, true)]
    [InlineData("tokens", Pooling.Mean, true)]
    [InlineData("half the tokens", Pooling.Mean, false)]
    public void Pooling_over_positions_that_are_neither_tokens_nor_as_many_for_all_is_refused(string positions, Pooling pooling, bool isUsed)
    {
        using var folder = new TemporaryFolder();
        var encoder = Write(folder, CrossModel(positions), new EncoderConfig { Name = "cross", Modality = EncoderModality.Cross, Tokenizer = Terms(8), Image = new ImageSpec { Size = Side }, Pooling = pooling });
        if (!isUsed)
        {
            var error = Assert.Throws<UserErrorException>(() => EncoderSession.Open(encoder, new SessionSettings()));
            Assert.Contains("would take padding into an item's vector; set pooling to cls", error.Message, StringComparison.Ordinal);
            return;
        }

        using var session = EncoderSession.Open(encoder, new SessionSettings());
        float[] Vector(int[] items, int length)
        {
            var window = new PreparedItems(2, 8, hasWeights: false, Side, session.Width, 0);
            for (int i = 0; i < 2; i++)
            {
                (window.TokenCounts[i], window.HasText[i]) = (2 + 3 * i, true);
                for (int token = 0; token < 2 + 3 * i; token++)
                    window.IdRoom(i)[token] = 10 * i + token;
                window.PixelRoom().Fill(i + 1);
                window.KeepPicture(i);
            }

            session.Encode(window, items, items.Length, length);
            return window.Features(0).ToArray();
        }

        Assert.Equal(Vector([0], 2), Vector([0, 1], 5));
        Assert.Equal(Vector([0], 2), Vector([0, 1], 8));
    }

    /// <summary>Each position is the text's mean, padding included, as of a model without an attention mask.</summary>
    [Fact]
    public void A_model_that_reads_padding_is_refused_unless_all_texts_are_filled_up_alike()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("no mask");
        var ids = graph.Cast(graph.Input("input_ids", ElementType.Int64, "n", "length"), ElementType.Float);
        graph.Output(graph.ReduceMean(ids, [1]), "y", "n", 1);
        var config = new EncoderConfig { Name = "text", Tokenizer = new TokenizerSpec { Type = TokenizerType.WordPiece, Vocabulary = "vocab.txt", MaxLength = 8 } };
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n");

        var error = Assert.Throws<UserErrorException>(() => EncoderSession.Open(Write(folder, graph, config), new SessionSettings()));

        Assert.Contains("another vector when it is beside another one", error.Message, StringComparison.Ordinal);
        Assert.Contains("set tokenizer.padToMaxLength to true in", error.Message, StringComparison.Ordinal);
        using var session = EncoderSession.Open(Write(folder, graph, config with { Tokenizer = config.Tokenizer with { PadToMaxLength = true } }), new SessionSettings());
        Assert.Equal(1, session.Width);
    }

    /// <summary>The batch's mean taken off, as of a model exported in training.</summary>
    [Fact]
    public void A_model_that_reads_its_neighbours_is_refused()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphBuilder("centred over the batch");
        var means = graph.ReduceMean(graph.Input("pixel_values", ElementType.Float, "n", 3, Side, Side), [2, 3], keep: false);
        graph.Output(graph.Sub(means, graph.ReduceMean(means, [0])), "y", "n", 3);

        var error = Assert.Throws<UserErrorException>(() =>
            EncoderSession.Open(Write(folder, graph, new EncoderConfig { Name = "image", Modality = EncoderModality.Image, Image = new ImageSpec { Size = Side } }), new SessionSettings()));

        Assert.EndsWith("export the model for inference (batch normalisation by the statistics of training).", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Ids and cells as positions of one number each.</summary>
    private static GraphBuilder CrossModel(string positions)
    {
        var graph = new GraphBuilder(positions);
        var tokens = graph.Unsqueeze(graph.Cast(graph.Input("input_ids", ElementType.Int64, "n", "length"), ElementType.Float), 2);
        var pixels = graph.Input("pixel_values", ElementType.Float, "n", 3, Side, Side);
        var cells = graph.Unsqueeze(graph.ReduceMean(pixels, [2, 3], keep: false), 2);   // [n, 3, 1]
        var answer = positions switch
        {
            "cells" => graph.Add(cells, graph.Mul(graph.ReduceMean(tokens, [1, 2]), graph.Scalar(0))),
            "tokens" => graph.Add(tokens, graph.ReduceMean(cells, [1])),
            "half the tokens" => graph.Apply("Slice", [graph.Add(tokens, graph.ReduceMean(cells, [1])), graph.Integers(0), graph.Integers(100), graph.Integers(1), graph.Integers(2)]),
            _ => graph.Concat(1, tokens, cells),
        };
        graph.Output(graph.Concat(2, answer, answer), "y", "n", "p", 2);
        return graph;
    }

    private static TokenizerSpec Terms(int length) => new() { Type = TokenizerType.HashedNgrams, MaxLength = length };

    private static EncoderFolder Write(TemporaryFolder folder, GraphBuilder graph, EncoderConfig config)
    {
        OnnxWriter.Write(graph, folder["model.onnx"]);
        EncoderFolder.WriteConfig(folder.Path, config);
        return EncoderFolder.Open(folder.Path);
    }
}
