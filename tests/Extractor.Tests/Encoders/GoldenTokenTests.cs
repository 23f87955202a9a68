using System.IO.Compression;
using System.Text.Json;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;
using UniM2Rec.Tests.Encoders.Golden;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

/// <summary>
/// Hard texts against ids of an independent implementation, with vocabularies of the tests' own and with the published ones: BERT's comes with
/// MiniLM's package, CLIP's is in no package and is compared with where UNIM2REC_VOCABULARIES names a folder with clip_bpe_simple_vocab_16e6.txt.gz.
/// </summary>
public class GoldenTokenTests
{
    private const int MaxLength = 2048;
    private const int ClipMerges = 48894;
    private static readonly string? Published = Environment.GetEnvironmentVariable("UNIM2REC_VOCABULARIES");

    [Fact]
    public void Word_pieces_equal_those_of_Hugging_Face()
    {
        var golden = GoldenIds.Read("word-piece.json");
        using var folder = new TemporaryFolder();
        folder.Write("vocab.txt", string.Concat(golden.Vocabulary.Select(token => token + "\n")));
        AssertSame(golden, WordPiece(folder), c => c.Ids);
    }

    [Fact]
    public void Word_pieces_of_the_published_vocabulary_equal_those_of_Hugging_Face()
    {
        var miniLm = PretrainedEncoders.Find("minilm");
        using var folder = new TemporaryFolder();
        using (var packages = RestoredPackages.Of(miniLm))
            PretrainedFolder.Make(miniLm, folder["minilm"], packages, Progress.None, CancellationToken.None);
        File.Copy(Path.Combine(folder["minilm"], "vocab.txt"), folder["vocab.txt"]);
        AssertSame(GoldenIds.Read("word-piece.json"), WordPiece(folder), c => c.Published);
    }

    [Fact]
    public void Clips_pieces_equal_those_of_OpenAI()
    {
        var golden = GoldenIds.Read("clip-bpe.json");
        using var folder = new TemporaryFolder();
        WriteClip(folder, golden.Vocabulary, golden.Merges);
        AssertSame(golden, Clip(folder), c => c.Ids);
    }

    [Fact]
    public void Clips_pieces_of_the_published_vocabulary_equal_those_of_OpenAI()
    {
        if (Published is null)
            Assert.Skip("UNIM2REC_VOCABULARIES names no folder with CLIP's published vocabulary");
        var golden = GoldenIds.Read("clip-bpe.json");
        using var folder = new TemporaryFolder();
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(Published, "clip_bpe_simple_vocab_16e6.txt.gz")), CompressionMode.Decompress));
        string[] merges = lines.ReadToEnd().Split('\n').Skip(1).Take(ClipMerges).ToArray();
        var bytes = golden.Vocabulary.Take(512);
        WriteClip(folder, [.. bytes, .. merges.Select(m => m.Replace(" ", "", StringComparison.Ordinal)), "<|startoftext|>", "<|endoftext|>"], merges);
        AssertSame(golden, Clip(folder), c => c.Published);
    }

    private static void AssertSame(GoldenIds golden, ITextTokenizer tokenizer, Func<GoldenIds.Case, long[]> expected)
    {
        Assert.True(golden.Cases.Length >= 200);
        long[] ids = new long[MaxLength];
        string[] different = golden.Cases
            .Where(c => !ids.AsSpan(0, tokenizer.Encode(c.Text, ids, [])).SequenceEqual(expected(c)))
            .Select(c => $"{JsonSerializer.Serialize(c.Text)}: {string.Join(' ', ids.Take(tokenizer.Encode(c.Text, ids, [])))} instead of {string.Join(' ', expected(c))}")
            .ToArray();
        Assert.True(different.Length == 0, string.Join('\n', different));
    }

    private static void WriteClip(TemporaryFolder folder, IReadOnlyList<string> vocabulary, string[] merges)
    {
        folder.Write("vocab.json", JsonSerializer.Serialize(vocabulary.Select((token, id) => (token, id)).ToDictionary(e => e.token, e => e.id)));
        folder.Write("merges.txt", "#version: 0.2\n" + string.Join('\n', merges) + "\n");
    }

    private static ITextTokenizer WordPiece(TemporaryFolder folder) =>
        Open(folder, new TokenizerSpec { Type = TokenizerType.WordPiece, Vocabulary = "vocab.txt", MaxLength = MaxLength });

    private static ITextTokenizer Clip(TemporaryFolder folder) =>
        Open(folder, new TokenizerSpec { Type = TokenizerType.ClipBpe, Vocabulary = "vocab.json", Merges = "merges.txt", MaxLength = MaxLength, StripAccents = false });

    private static ITextTokenizer Open(TemporaryFolder folder, TokenizerSpec tokenizer)
    {
        folder.Write("model.onnx", "");
        EncoderFolder.WriteConfig(folder.Path, new EncoderConfig { Name = "golden", Tokenizer = tokenizer });
        return TextTokenizers.Open(EncoderFolder.Open(folder.Path))!;
    }
}
