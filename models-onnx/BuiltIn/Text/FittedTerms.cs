using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Numerics;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.BuiltIn;

/// <summary>What a fit found: the terms of a catalogue and a vector for each. It can be written as a text encoder and as a cross encoder.</summary>
public sealed class FittedTerms
{
    private const string VocabularyFile = "vocabulary.txt";
    private const int UnknownIds = 4096;
    private const ulong UnknownSeed = 0x756E6B6E6F776E;
    private readonly string[] _terms;
    private readonly float[] _vectors;
    private readonly int _rank;
    private readonly TextSvdOptions _options;

    /// <param name="terms">words with one space between them</param>
    /// <param name="vectors">[terms, rank], largest direction first</param>
    /// <param name="rank">directions found</param>
    /// <param name="options">the settings of the fit</param>
    internal FittedTerms(string[] terms, float[] vectors, int rank, TextSvdOptions options)
    {
        _terms = terms;
        _vectors = vectors;
        _rank = rank;
        _options = options;
    }

    /// <summary>Independent directions that the texts have, at most the width asked for.</summary>
    public int Rank => _rank;

    /// <summary>Writes the encoder <c>text-svd</c>.</summary>
    public EncoderFolder WriteTextEncoder(string folder, string name = "text-svd", CancellationToken cancellation = default, IStorage? storage = null)
    {
        var graph = new GraphBuilder(name);
        var (ids, counts) = TextGraphs.Inputs(graph);
        var sum = TextGraphs.FittedSum(graph, ids, counts, Table(_options.Width), Rows, _options.Width);
        double length = _options.VectorLength > 0 ? _options.VectorLength : Math.Sqrt(_options.Width) / 2;
        graph.Output(graph.NormalizeLast(sum, length), TextGraphs.OutputName, "items", _options.Width);
        var config = new EncoderConfig { Name = name, Modality = EncoderModality.Text, Tokenizer = Tokenizer(), Output = TextGraphs.OutputName };
        return EncoderFolderWriter.Write(folder, config, graph, target => WriteVocabulary(target, storage), new OnnxFile { Storage = storage }, cancellation);
    }

    /// <summary>Writes a cross encoder: the leading directions of the text beside the image statistics, and their product.</summary>
    public EncoderFolder WriteCrossEncoder(string folder, string name = "cross-svd", CancellationToken cancellation = default, IStorage? storage = null)
    {
        var graph = new GraphBuilder(name);
        var (ids, counts) = TextGraphs.Inputs(graph);
        var pixels = BuiltInEncoders.ImageInput(graph);
        var text = TextGraphs.FittedSum(graph, ids, counts, Table(CrossGraph.SideWidth), Rows, CrossGraph.SideWidth);
        CrossGraph.AddFusion(graph, text, ImageStatisticsGraph.Embed(graph, pixels, CrossGraph.SideWidth, BuiltInEncoders.ImageProjectionSeed));
        var config = new EncoderConfig
        {
            Name = name,
            Modality = EncoderModality.Cross,
            Tokenizer = Tokenizer(),
            Image = BuiltInEncoders.Pixels,
            Output = TextGraphs.OutputName,
        };
        return EncoderFolderWriter.Write(folder, config, graph, target => WriteVocabulary(target, storage), new OnnxFile { Storage = storage }, cancellation);
    }

    private void WriteVocabulary(string folder, IStorage? storage) => AtomicFile.WriteText(Path.Combine(folder, VocabularyFile), string.Join('\n', _terms) + "\n", storage);

    private TokenizerSpec Tokenizer() => new()
    {
        Type = TokenizerType.Ngrams,
        Vocabulary = VocabularyFile,
        MaxLength = _options.MaxLength,
        MaxWords = _options.MaxWords,
        UnknownIds = UnknownIds,
    };

    /// <summary>Known terms, then the ids that unknown words share.</summary>
    private int Rows => _terms.Length + UnknownIds;

    /// <summary>The leading directions [terms + unknown ids, width], zeros beyond the rank; random ones for unknown words. A common factor keeps small values out of float16's subnormal range; normalisation takes it out again.</summary>
    private Half[] Table(int width)
    {
        const float largestWanted = 256;
        // MaxMagnitude keeps the sign of the number it finds.
        float factor = largestWanted / Math.Max(float.Epsilon, MathF.Abs(System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<float>(_vectors)));
        int used = Math.Min(_rank, width);
        var table = new Half[(long)Rows * width];
        for (int term = 0; term < _terms.Length; term++)
        {
            for (int i = 0; i < used; i++)
                table[(long)term * width + i] = (Half)(_vectors[(long)term * _rank + i] * factor);
        }

        var random = new RandomNumbers(UnknownSeed);
        for (long i = (long)_terms.Length * width; i < table.LongLength; i++)
            table[i] = (Half)random.NextCentred();
        return table;
    }
}
