using UniM2Rec.Diagnostics;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Numerics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Models.Text;

/// <summary>
/// Fits the <c>text-svd</c> encoder on a catalogue's texts: TF-IDF over words and word runs, then the directions in which the texts differ
/// most (truncated SVD; latent semantic analysis, Deerwester et al. 1990).
/// </summary>
public static class TextSvdFitter
{
    private const float LargestTableValue = 256;   // keeps the small values of a float16 table out of its subnormal range

    /// <summary>Fits and writes encoder.json, model.onnx and vocabulary.txt. encoder.json comes last: without it the folder is no encoder.</summary>
    /// <param name="texts">the catalogue's texts; read once</param>
    /// <param name="folder">where the encoder is written; made where it does not exist</param>
    /// <param name="options">settings</param>
    /// <param name="progress">told of the steps</param>
    /// <param name="cancellation">stops the work; the folder is then no encoder</param>
    /// <exception cref="UserErrorException">No text holds a word.</exception>
    public static EncoderPack Fit(
        IEnumerable<string> texts, string folder, TextSvdOptions options, IProgressSink progress, CancellationToken cancellation = default)
    {
        var sample = TextSample.Take(texts, options.MaxTexts, options.Seed, cancellation);
        var minimum = options.MinDocumentFrequency > 0 ? options.MinDocumentFrequency : sample.Count > 1000 ? 2 : 1;
        var vocabulary = TermVocabulary.Collect(sample, options.MaxWords, minimum, options.MaxVocabulary, cancellation);
        if (vocabulary.Terms.Length == 0)
            throw new UserErrorException($"none of the {sample.Count} texts holds a word that occurs in {minimum} of them, so no text encoder can be fitted; give items titles, or lower the minimum.");

        var tokenizer = NgramTokenizer.WithVocabulary(vocabulary.Terms, options.MaxWords, options.MaxLength);
        var idf = TfIdf.InverseDocumentFrequencies(sample.Count, vocabulary.DocumentFrequencies);
        var matrix = TfIdf.Matrix(sample, tokenizer, idf, cancellation);
        var svd = TruncatedSvd.Compute(matrix, options.Width, options.Oversampling, options.Iterations, options.Seed, progress, cancellation);
        var graph = new GraphBuilder(options.Name);
        TextGraphs.AddFittedEncoder(graph, TermTableValues(svd, idf, options.Width), idf.Length, options.Width, VectorLength(options));

        Directory.CreateDirectory(folder);
        File.Delete(Path.Combine(folder, EncoderPack.ConfigFile));
        OnnxWriter.Write(graph, Path.Combine(folder, EncoderPack.DefaultModelFile), cancellation: cancellation);
        File.WriteAllText(Path.Combine(folder, "vocabulary.txt"), string.Join('\n', vocabulary.Terms) + "\n");
        EncoderPack.WriteConfig(folder, new EncoderConfig
        {
            Name = options.Name,
            Modality = EncoderModality.Text,
            Tokenizer = new TokenizerSpec
            {
                Type = TokenizerType.Ngrams,
                Vocabulary = "vocabulary.txt",
                MaxLength = options.MaxLength,
                MaxWords = options.MaxWords,
            },
            Output = TextGraphs.OutputName,
        });
        return EncoderPack.Open(folder);
    }

    private static double VectorLength(TextSvdOptions options) =>
        options.VectorLength > 0 ? options.VectorLength : Math.Sqrt(options.Width) / 2;

    /// <summary>idf · right singular vector for every term [terms, width]; the graph's last step takes any common factor out again.</summary>
    private static Half[] TermTableValues(TruncatedSvd svd, float[] idf, int width)
    {
        float largest = float.Epsilon;
        for (var term = 0; term < idf.Length; term++)
        {
            for (var i = 0; i < svd.Rank; i++)
                largest = Math.Max(largest, Math.Abs(svd.RightVectors[(long)term * svd.Rank + i] * idf[term]));
        }

        var table = new Half[(long)idf.Length * width];
        for (var term = 0; term < idf.Length; term++)
        {
            for (var i = 0; i < svd.Rank; i++)
                table[(long)term * width + i] = (Half)(svd.RightVectors[(long)term * svd.Rank + i] * idf[term] * (LargestTableValue / largest));
        }

        return table;
    }
}
