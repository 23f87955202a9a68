using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Tests.Extending;

/// <summary>Texts as the mean of their tokens' vectors: model_type "bag-of-tokens", one weight "embedding.weight" [vocab_size, hidden_size].</summary>
internal sealed class BagOfTokensFamily : IEncoderFamily
{
    public IReadOnlyList<string> ModelTypes => ["bag-of-tokens"];

    public IReadOnlyList<EncoderFolder> Convert(ConversionJob job, ConfigReader? config)
    {
        var reader = job.Require(config);
        int vocabulary = reader.Count("vocab_size"), width = reader.Count("hidden_size");
        var graph = new GraphBuilder("bag-of-tokens");
        var weights = new CheckpointWeights(graph, job.Checkpoint, job.Type, job.Checkpoint.Prefix("embedding.weight", ""));
        var ids = graph.Input("input_ids", ElementType.Int64, "items", "length");
        var mask = graph.Input("attention_mask", ElementType.Int64, "items", "length");

        var vectors = graph.Gather(weights.Stored("embedding.weight", vocabulary, width), ids); // [items, length, width]
        var marks = graph.Unsqueeze(graph.Cast(mask, job.Type), 2); // [items, length, 1]
        var sum = graph.ReduceSum(graph.Mul(vectors, marks), [1], keep: false); // [items, width]
        var count = graph.Max(graph.ReduceSum(marks, [1], keep: false), graph.Scalar(1, job.Type));
        job.Embedding(graph, graph.Div(sum, count), width, job.Options.Normalize ?? false);
        var tokenizer = TokenizerFiles.WordPiece(job.Source, vocabulary, positions: 512, job.Options.MaxLength);
        return [job.Write(graph, new EncoderConfig { Modality = EncoderModality.Text }, tokenizer)];
    }
}
