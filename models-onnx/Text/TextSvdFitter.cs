using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Numerics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Text;

/// <summary>
/// Fits the <c>text-svd</c> encoder on a catalogue's texts: TF-IDF over words and word runs, then the directions in which the texts differ
/// most (truncated SVD; latent semantic analysis, Deerwester et al. 1990).
/// </summary>
public static class TextSvdFitter
{
    /// <summary>Fits and writes the text encoder into a folder, which is made where it does not exist.</summary>
    /// <exception cref="UserErrorException">No text holds a word that is frequent enough.</exception>
    public static EncoderPack Fit(
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
        var minimum = options.MinDocumentFrequency > 0 ? options.MinDocumentFrequency : sample.Count > 1000 ? 2 : 1;
        var vocabulary = TermVocabulary.Collect(sample, options.MaxWords, minimum, options.MaxVocabulary, cancellation);
        if (vocabulary.Terms.Length == 0)
            throw new UserErrorException($"none of the {sample.Count} texts holds a word that occurs in at least {minimum} of them, so no text encoder can be fitted; give the items titles, or use the encoder text-hash, which needs no fitting.");

        var tokenizer = NgramTokenizer.WithVocabulary(vocabulary.Terms, options.MaxWords, options.MaxLength);
        var idf = TfIdf.InverseDocumentFrequencies(sample.Count, vocabulary.DocumentFrequencies);
        for (var term = 0; term < idf.Length; term++)
            idf[term] *= vocabulary.Terms[term].Contains(' ') ? (float)options.RunWeight : 1;
        var matrix = TfIdf.Matrix(sample, tokenizer, idf, cancellation);
        var svd = TruncatedSvd.Compute(matrix, options.Width, options.Oversampling, options.Iterations, options.Seed, progress, cancellation);

        // A text's vector is Σ (1 + ln count) · idf · right singular vector; the idf goes into the vectors once and for all.
        var vectors = svd.RightVectors;
        for (var term = 0; term < idf.Length; term++)
        {
            var row = vectors.AsSpan(checked(term * svd.Rank), svd.Rank);
            System.Numerics.Tensors.TensorPrimitives.Multiply(row, idf[term], row);
        }

        return new FittedTerms(vocabulary.Terms, vectors, svd.Rank, options);
    }
}
