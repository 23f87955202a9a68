using System.Numerics.Tensors;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Numerics;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>
/// Fits the <c>text-svd</c> encoder on a catalogue's texts: TF-IDF over words and word runs, then the directions in which the texts differ
/// most (truncated SVD; latent semantic analysis, Deerwester et al. 1990).
/// </summary>
public static class TextSvdFitter
{
    /// <summary>Fits and writes the text encoder into a folder, which is made where it does not exist.</summary>
    /// <exception cref="UserErrorException">No text holds a word that is frequent enough.</exception>
    public static EncoderFolder Fit(
        IEnumerable<string> texts, string folder, TextSvdOptions options, IProgressSink progress, CancellationToken cancellation = default) =>
        Fit(texts, options, progress, cancellation).WriteTextEncoder(folder, options.Name, cancellation);

    /// <summary>Fits; the result can be written as one encoder or several.</summary>
    /// <param name="texts">the catalogue's texts; read once</param>
    /// <param name="options">settings</param>
    /// <param name="progress">told of the iterations</param>
    /// <param name="cancellation">stops the work</param>
    /// <exception cref="UserErrorException">No text holds a word that is frequent enough.</exception>
    public static FittedTerms Fit(
        IEnumerable<string> texts, TextSvdOptions options, IProgressSink progress, CancellationToken cancellation = default)
    {
        var sample = TextSample.Take(texts, options.MaxTexts, options.Seed, cancellation);
        int minimum = options.MinDocumentFrequency > 0 ? options.MinDocumentFrequency : sample.Count > 1000 ? 2 : 1;
        var vocabulary = TermVocabulary.Collect(sample, options.MaxWords, minimum, options.MaxVocabulary, cancellation);
        if (vocabulary.Terms.Length == 0)
            throw new UserErrorException($"none of the {sample.Count} texts holds a word that occurs in at least {minimum} of them, so no text encoder can be fitted; give the items titles, or use the encoder text-hash, which needs no fitting.");

        var tokenizer = NgramTokenizer.WithVocabulary(vocabulary.Terms, options.MaxWords, options.MaxLength);
        float[] idf = TfIdf.InverseDocumentFrequencies(sample.Count, vocabulary.DocumentFrequencies);
        for (int term = 0; term < idf.Length; term++)
            idf[term] *= vocabulary.Terms[term].Contains(' ') ? (float)options.RunWeight : 1;
        var matrix = TfIdf.Matrix(sample, tokenizer, idf, cancellation);
        var svd = TruncatedSvd.Compute(matrix, new SvdOptions(options.Width, options.Oversampling, options.Iterations, options.Seed), progress, cancellation);

        // A text's vector is Σ (1 + ln count) · idf · right singular vector; the idf goes into the vectors once and for all.
        float[] vectors = svd.RightVectors;
        for (int term = 0; term < idf.Length; term++)
        {
            var row = vectors.AsSpan(checked(term * svd.Rank), svd.Rank);
            System.Numerics.Tensors.TensorPrimitives.Multiply(row, idf[term], row);
        }

        return new FittedTerms(vocabulary.Terms, vectors, svd.Rank, options);
    }
}

/// <summary>Settings of <see cref="TextSvdFitter"/>.</summary>
public sealed record TextSvdOptions
{
    /// <summary>Name of the encoder that is written.</summary>
    public string Name { get; init; } = "text-svd";

    /// <summary>Width of the vectors. A catalogue with fewer independent texts leaves the last components zero.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Longest run of words that makes a term.</summary>
    public int MaxWords { get; init; } = 2;

    /// <summary>Factor on the weight of terms of several words. On the scientific catalogue nearest neighbours found the next item best with about ½ (docs/ENCODERS.md).</summary>
    public double RunWeight { get; init; } = 0.5;

    /// <summary>The most distinct terms of a text that count.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>The most terms kept, the most frequent ones first.</summary>
    public int MaxVocabulary { get; init; } = 100_000;

    /// <summary>Fewest texts that a term must occur in; 0 = 2 for catalogues of more than 1,000 texts, else 1.</summary>
    public int MinDocumentFrequency { get; init; }

    /// <summary>The most texts that are fitted on; of more, a random sample.</summary>
    public int MaxTexts { get; init; } = 500_000;

    /// <summary>Directions carried beyond <see cref="Width"/> while iterating.</summary>
    public int Oversampling { get; init; } = 64;

    /// <summary>Subspace iterations.</summary>
    public int Iterations { get; init; } = 4;

    /// <summary>Length of every vector; 0 = √Width / 2, at which a component's typical size is ½.</summary>
    public double VectorLength { get; init; }

    /// <summary>Decides the random start and the sample.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>Term weights: (1 + ln count) · idf with idf = ln((1 + texts) / (1 + document frequency)) + 1, as scikit-learn's smooth form.</summary>
internal static class TfIdf
{
    /// <summary>The idf of every term.</summary>
    public static float[] InverseDocumentFrequencies(int texts, int[] documentFrequencies) =>
        Array.ConvertAll(documentFrequencies, df => (float)(Math.Log((1.0 + texts) / (1.0 + df)) + 1));

    /// <summary>The texts as rows of unit length over the vocabulary; a text without known terms is an empty row.</summary>
    public static SparseMatrix Matrix(IReadOnlyList<string> texts, NgramTokenizer tokenizer, float[] idf, CancellationToken cancellation)
    {
        int[] offsets = new int[texts.Count + 1];
        var indices = new List<int>();
        var values = new List<float>();
        long[] ids = new long[tokenizer.MaxLength];
        float[] weights = new float[tokenizer.MaxLength];
        for (int text = 0; text < texts.Count; text++)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = tokenizer.Encode(texts[text], ids, weights);
            var row = weights.AsSpan(0, count);
            for (int i = 0; i < count; i++)
                row[i] = (1 + MathF.Log(row[i])) * idf[ids[i]];
            TensorPrimitives.Divide(row, Math.Max(TensorPrimitives.Norm<float>(row), float.Epsilon), row);
            for (int i = 0; i < count; i++)
                indices.Add((int)ids[i]);
            values.AddRange(row);
            offsets[text + 1] = indices.Count;
        }

        return new SparseMatrix(texts.Count, idf.Length, offsets, [.. indices], [.. values]);
    }
}

/// <summary>A bounded random sample of a stream of texts.</summary>
internal static class TextSample
{
    /// <summary>All texts where there are at most <paramref name="limit"/>, else a uniform sample of that many (reservoir sampling).</summary>
    public static List<string> Take(IEnumerable<string> texts, int limit, ulong seed, CancellationToken cancellation)
    {
        var random = new RandomNumbers(seed);
        var sample = new List<string>();
        int seen = 0;
        foreach (string text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            seen++;
            if (sample.Count < limit)
                sample.Add(text);
            else if (random.Below(seen) is var place && place < limit)
                sample[place] = text;
        }

        return sample;
    }
}
