using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Graphs.Weights;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Conversion;

/// <summary>One conversion: where from, where to, and how an encoder is written.</summary>
internal sealed record ConversionJob(
    string Source, string Target, ConvertOptions Options, Checkpoint Checkpoint, IProgressSink Progress, CancellationToken Cancellation)
{
    /// <summary>Name of every converted model's output.</summary>
    public const string Output = "embedding";

    /// <summary>Element type of weights and arithmetic.</summary>
    public ElementType Type => Options.Precision == Precision.Float16 ? ElementType.Float16 : ElementType.Float;

    /// <summary>Declares a float32 input of pictures and brings it to the graph's precision.</summary>
    public Value Pixels(GraphBuilder graph, int side) =>
        graph.Cast(graph.Input("pixel_values", ElementType.Float, "items", 3, side, side), Type);

    /// <summary>Declares the output, at unit length where asked for, as float32 [items, width].</summary>
    public void Embedding(GraphBuilder graph, Value vector, int width, bool normalize)
    {
        var answer = graph.Cast(vector, ElementType.Float);
        graph.Output(normalize ? graph.NormalizeLast(answer) : answer, Output, "items", width);
    }

    /// <summary>Writes an encoder; <paramref name="suffix"/> is added to the folder and the name.</summary>
    public EncoderPack Write(GraphBuilder graph, EncoderConfig config, TokenizerFiles? tokenizer, string suffix = "")
    {
        var folder = Path.TrimEndingDirectorySeparator(Target) + suffix;
        var name = Options.Name.Length > 0 ? Options.Name + suffix : Path.GetFileName(folder);
        using var task = Progress.Start($"writing {name}", graph.WeightBytes, "bytes");
        var file = new OnnxFile { ExternalDataThreshold = Options.ExternalDataThreshold, Written = task.Advance };
        return PackWriter.Write(
            folder, config with { Name = name, Tokenizer = tokenizer?.Specification, Output = Output }, graph, tokenizer?.WriteFiles, file, Cancellation);
    }
}
