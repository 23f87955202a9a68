using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Graphs.ResNet;
using UniM2Rec.Models.Graphs.Weights;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Conversion;

/// <summary>ResNets in Hugging Face's, timm's and torchvision's form; the vector is the last map's mean.</summary>
internal static class ResNetConversion
{
    public static EncoderPack Convert(ConversionJob job, ConfigReader? reader)
    {
        var image = ImagePreprocessor.Read(job.Source, ImagePreprocessor.ImageNet);
        var graph = new GraphBuilder("resnet");
        var (maps, channels) = Maps(graph, job.Checkpoint, job.Type, reader, job.Pixels(graph, image.Size));
        job.Embedding(graph, ResNetGraph.Pool(graph, maps, channels), channels, job.Options.Normalize ?? false);
        return job.Write(graph, new EncoderConfig { Modality = EncoderModality.Image, Image = image }, tokenizer: null);
    }

    /// <summary>Pictures to the last stage's maps [items, channels, height / 32, width / 32].</summary>
    public static (Value Maps, int Channels) Maps(GraphBuilder graph, Checkpoint checkpoint, ElementType type, ConfigReader? reader, Value pixels)
    {
        if (reader?.Text("hidden_act", "relu") is not (null or "relu"))
            reader!.Refuse("hidden_act", "relu is supported");
        var layout = ResNetLayout.Detect(
            checkpoint, reader?.Flag("downsample_in_bottleneck", false) ?? false, reader?.Flag("downsample_in_first_stage", false) ?? false);
        return ResNetGraph.Maps(graph, new CheckpointWeights(graph, checkpoint, type), layout, pixels);
    }
}
