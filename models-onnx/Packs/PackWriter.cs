using UniM2Rec.Models.Graphs;

namespace UniM2Rec.Models.Packs;

/// <summary>Writes a whole encoder folder.</summary>
internal static class PackWriter
{
    /// <summary>Writes model, further files and, last of all, encoder.json, so that a folder that was not finished is no encoder.</summary>
    public static EncoderPack Write(
        string folder, EncoderConfig config, GraphBuilder graph, Action<string>? writeFurtherFiles = null, OnnxFile? file = null, CancellationToken cancellation = default)
    {
        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, EncoderPack.ConfigFile));
        OnnxWriter.Write(graph, Path.Combine(folder, config.Model), file, cancellation);
        writeFurtherFiles?.Invoke(folder);
        EncoderPack.WriteConfig(folder, config);
        return EncoderPack.Open(folder);
    }
}
