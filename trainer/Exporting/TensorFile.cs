using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Exporting;

/// <summary>Tensors of an export in a safetensors file: float32, or int32 where they are whole numbers.</summary>
internal static class TensorFile
{
    /// <summary>Writes all of them.</summary>
    public static void Save(string path, IReadOnlyList<ExportedTensor> tensors)
    {
        using var scope = NewDisposeScope();
        var values = tensors.Select(t => t.Value.detach().cpu().to(IsWhole(t) ? ScalarType.Int32 : ScalarType.Float32).contiguous()).ToList();
        AtomicFile.Write(path, stream =>
        {
            var writer = new SafeTensorsWriter(stream);
            for (int t = 0; t < values.Count; t++) writer.Declare(tensors[t].Name, IsWhole(tensors[t]) ? SafeTensorType.I32 : SafeTensorType.F32, values[t].shape);
            foreach (var value in values) writer.Write(value.bytes);
            writer.Complete();
        });
    }

    private static bool IsWhole(ExportedTensor tensor) => tensor.Value.dtype == ScalarType.Int64;
}
