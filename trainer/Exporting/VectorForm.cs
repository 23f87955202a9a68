using System.Globalization;
using System.Text;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Exporting;

/// <summary>A further form of an export's vectors, beside safetensors: a file a matrix.</summary>
/// <param name="Name">As it is asked for.</param>
public sealed record VectorForm(string Name)
{
    /// <summary>NumPy's.</summary>
    public static VectorForm Npy { get; } = new("npy");

    /// <summary>The same in float16: half the size; what is not of unit length may lose more than the third digit.</summary>
    public static VectorForm HalfNpy { get; } = new("npy-half");

    /// <summary>A table: domain, item_id and a column a number.</summary>
    public static VectorForm Csv { get; } = new("csv");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<VectorForm> All { get; } = [Npy, HalfNpy, Csv];

    /// <exception cref="UserErrorException">There is no such form.</exception>
    public static VectorForm Find(string name) => All.FirstOrDefault(f => f.Name == name)
        ?? throw UserErrorException.Usage($"--vectors names '{name}', but vectors are written as safetensors and, on request, as {string.Join(", ", All.Select(f => f.Name))}.");

    /// <summary>Name of the file of a matrix.</summary>
    internal string FileOf(string tensor) => this == Npy ? $"{tensor}.npy" : this == HalfNpy ? $"{tensor}.half.npy" : $"{tensor}.vectors.csv";

    /// <summary>Writes those tensors that have a row an item.</summary>
    /// <param name="folder">The export.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="items">Its items, candidates first.</param>
    internal void Write(string folder, IReadOnlyList<ExportedTensor> tensors, Item[] items)
    {
        foreach (var tensor in tensors.Where(t => t.Value.dim() == 2 && t.Value.dtype == ScalarType.Float32 && t.Name != ExportTensors.Interests))
        {
            using var scope = NewDisposeScope();
            var values = tensor.Value.detach().cpu().contiguous();
            AtomicFile.Write(Path.Combine(folder, FileOf(tensor.Name)), stream =>
            {
                if (this == Npy) WriteNpy(stream, values, "<f4");
                else if (this == HalfNpy) WriteNpy(stream, values.to(ScalarType.Float16), "<f2");
                else WriteCsv(stream, values, items);
            });
        }
    }

    /// <summary>Version 1.0 of the format: magic, version, length of the header, header up to a multiple of 64, numbers row by row.</summary>
    private static void WriteNpy(Stream stream, Tensor values, string type)
    {
        const int before = 10, alignment = 64;
        string header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({values.shape[0]}, {values.shape[1]}), }}");
        int length = ((before + header.Length + 1 + alignment - 1) / alignment * alignment) - before;
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)length, (byte)(length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n"));
        stream.Write(values.bytes);
    }

    private static void WriteCsv(Stream stream, Tensor values, Item[] items)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        int width = (int)values.shape[1];
        CsvText.WriteRow(writer, ["domain", "item_id", .. Enumerable.Range(0, width).Select(c => c.ToString(CultureInfo.InvariantCulture))]);
        for (int i = 0; i < values.shape[0]; i++)
        {
            using var row = values[i];
            CsvText.WriteRow(writer, [items[i].Domain, items[i].ItemId, .. row.data<float>().Select(v => v.ToString("R", CultureInfo.InvariantCulture))]);
        }
    }
}
