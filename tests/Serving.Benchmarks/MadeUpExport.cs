using System.Globalization;
using UniM2Rec.Catalogue;
using UniM2Rec.Exported;
using UniM2Rec.SafeTensors;

namespace UniM2Rec.Benchmarks;

/// <summary>An export of any size with the user side of a real one: vectors in 1,000 loose groups, as items of a catalogue lie.</summary>
internal static class MadeUpExport
{
    private const int Groups = 1000;
    private const float Spread = 0.7f;

    public static int Write(string from, int items, string folder)
    {
        var model = RecommenderManifest.Load(from);
        if (model.Network is not { Score: NetworkScore.Product } network) throw new InvalidOperationException($"the score of {from} is no product");
        Directory.CreateDirectory(folder);
        using (var table = new StreamWriter(Path.Combine(folder, ExportLayout.Items)))
        {
            CsvText.WriteRow(table, [.. ExportLayout.ItemColumns]);
            for (int i = 0; i < items; i++) table.Write(string.Create(CultureInfo.InvariantCulture, $"made-up,i{i},Made-up item number {i},Category {i % Groups},,\n"));
        }

        WriteVectors(Path.Combine(folder, ExportLayout.Vectors), items, network.Width);
        File.Copy(Path.Combine(from, ExportLayout.Tower), Path.Combine(folder, ExportLayout.Tower), overwrite: true);
        string[] files = [ExportLayout.Items, ExportLayout.Vectors, ExportLayout.Tower];
        (model with
        {
            Run = "made-up",
            Domains = ["made-up"],
            Items = items,
            Candidates = items,
            Combination = null,
            Files = files.ToDictionary(file => file, file => ExportedFile.Of(Path.Combine(folder, file))),
        }).Save(folder);
        return 0;
    }

    /// <summary>Histories' vectors are the candidates', stretched to the length that layers of width numbers are used to.</summary>
    private static void WriteVectors(string path, int items, int width)
    {
        float[][] centres = [.. Enumerable.Range(0, Groups).Select(g => Vector(new Random(g), width))];
        using var stream = File.Create(path);
        var writer = new SafeTensorsWriter(stream);
        writer.Declare(ExportTensors.History, SafeTensorType.F32, [items, width]);
        writer.Declare(ExportTensors.Candidates, SafeTensorType.F32, [items, width]);
        foreach (float length in new[] { MathF.Sqrt(width), 1 })
        {
            for (int i = 0; i < items; i++)
            {
                float[] vector = Vector(new Random(Groups + i), width);
                for (int d = 0; d < width; d++) vector[d] = (vector[d] * Spread) + centres[i % Groups][d];
                float norm = MathF.Sqrt(vector.Sum(v => v * v));
                writer.Write<float>(Array.ConvertAll(vector, v => v / norm * length));
            }
        }

        writer.Complete();
    }

    private static float[] Vector(Random random, int width)
    {
        float[] vector = new float[width];
        for (int d = 0; d < width; d++) vector[d] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        return vector;
    }
}
