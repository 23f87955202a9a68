using System.Numerics.Tensors;
using UniM2Rec.Models.Numerics;

namespace UniM2Rec.Models.Text;

/// <summary>Term weights: (1 + ln count) · idf with idf = ln((1 + texts) / (1 + document frequency)) + 1, as scikit-learn's smooth form.</summary>
internal static class TfIdf
{
    /// <summary>The idf of every term.</summary>
    public static float[] InverseDocumentFrequencies(int texts, int[] documentFrequencies) =>
        Array.ConvertAll(documentFrequencies, df => (float)(Math.Log((1.0 + texts) / (1.0 + df)) + 1));

    /// <summary>The texts as rows of unit length over the vocabulary; a text without known terms is an empty row.</summary>
    public static SparseMatrix Matrix(IReadOnlyList<string> texts, NgramTokenizer tokenizer, float[] idf, CancellationToken cancellation)
    {
        var offsets = new int[texts.Count + 1];
        var indices = new List<int>();
        var values = new List<float>();
        var ids = new long[tokenizer.MaxLength];
        var weights = new float[tokenizer.MaxLength];
        for (var text = 0; text < texts.Count; text++)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = tokenizer.Encode(texts[text], ids, weights);
            var row = weights.AsSpan(0, count);
            for (var i = 0; i < count; i++)
                row[i] = (1 + MathF.Log(row[i])) * idf[ids[i]];
            TensorPrimitives.Divide(row, Math.Max(TensorPrimitives.Norm<float>(row), float.Epsilon), row);
            for (var i = 0; i < count; i++)
                indices.Add((int)ids[i]);
            values.AddRange(row);
            offsets[text + 1] = indices.Count;
        }

        return new SparseMatrix(texts.Count, idf.Length, offsets, [.. indices], [.. values]);
    }
}
