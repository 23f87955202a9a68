using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

public class EncoderSessionTests
{
    [Fact]
    public void Bound_batches_that_are_filled_up_give_the_same_vectors()
    {
        using var folder = new TemporaryFolder();
        var encoder = EncoderConverter.Convert(HuggingFaceFolder.WriteBert(folder), folder["bert"], new ConvertOptions(), Progress.None)[0];
        string[] texts = ["a red chair", "x", "three chairs, blue"];

        float[] plain = Encode(encoder, new SessionSettings(), texts, rows: 3, length: 20);
        float[] bound = Encode(encoder, new SessionSettings { FixedShapes = true }, texts, rows: 8, length: 20);

        Assert.All(plain.Zip(bound), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.Equal(3 * 16, plain.Length);
        Assert.NotEqual(plain[..16], plain[16..32]);
    }

    private static float[] Encode(EncoderFolder encoder, SessionSettings settings, string[] texts, int rows, int length)
    {
        var tokenizer = TextTokenizers.Open(encoder)!;
        using var session = EncoderSession.Open(encoder, settings);
        if (settings.FixedShapes)
            session.WarmUp(rows, length);
        var window = new PreparedItems(texts.Length, tokenizer.MaxLength, hasWeights: false, 0, session.Width, tokenizer.PaddingId);
        for (int i = 0; i < texts.Length; i++)
            window.TokenCounts[i] = tokenizer.Encode(texts[i], window.IdRoom(i), []);
        int[] items = [.. Enumerable.Range(0, texts.Length)];
        session.Encode(window, items, rows, length);
        return [.. items.SelectMany(i => window.Features(i).ToArray())];
    }
}
