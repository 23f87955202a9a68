using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Named tensors in a safetensors file, float32, readable from Python and Rust.</summary>
public static class WeightFile
{
    /// <summary>Copies tensors of the file into those of the same name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="into">Names and destinations.</param>
    /// <param name="rowsOf">Of tensors whose rows stand elsewhere in the file, where each is there; rows that it does not hold (below 0) stay as they are.</param>
    /// <param name="missing">What to do about a name that the file lacks or has in another shape: return to leave the destination as it is.</param>
    public static void Load(SafeTensorsFile file, IEnumerable<(string Name, Tensor Value)> into, Action<string, string> missing, Func<string, int[]?>? rowsOf = null)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, value) in into)
        {
            if (!file.Contains(name))
            {
                missing(name, "is not in the file");
                continue;
            }

            var shape = file.Entry(name).Shape;
            if (rowsOf?.Invoke(name) is { } rows && shape.Count > 0 && shape.Count == value.shape.Length && shape.Skip(1).SequenceEqual(value.shape.Skip(1)) && rows.All(row => row < shape[0]))
            {
                int[] held = Enumerable.Range(0, rows.Length).Where(row => rows[row] >= 0).ToArray();
                var former = Read(file, name, [.. shape]).index_select(0, tensor(Array.ConvertAll(held, row => (long)rows[row])));
                value.index_copy_(0, tensor(Array.ConvertAll(held, row => (long)row), device: value.device), former.to(value.dtype).to(value.device));
                continue;
            }

            if (!shape.SequenceEqual(value.shape))
            {
                missing(name, $"has shape [{string.Join(", ", shape)}] where the model needs [{string.Join(", ", value.shape)}]");
                continue;
            }

            value.copy_(Read(file, name, value.shape));
        }
    }

    /// <summary>The tensors as they are written: float32, on the processor, detached; in the caller's dispose scope.</summary>
    internal static List<(string Name, Tensor Value)> Singles(IEnumerable<(string Name, Tensor Value)> tensors) =>
        tensors.Select(t => (t.Name, Value: t.Value.detach().cpu().to(ScalarType.Float32).contiguous())).ToList();

    /// <summary>Declares and writes them.</summary>
    internal static void Write(SafeTensorsWriter writer, List<(string Name, Tensor Value)> singles)
    {
        foreach (var (name, value) in singles) writer.Declare(name, SafeTensorType.F32, value.shape);
        foreach (var (_, value) in singles) writer.Write(value.bytes);
    }

    private static Tensor Read(SafeTensorsFile file, string name, long[] shape)
    {
        var copy = empty(shape, dtype: ScalarType.Float32);
        file.CopyTo(name, 0, MemoryMarshal.Cast<byte, float>(copy.bytes));
        return copy;
    }
}
