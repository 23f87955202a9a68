using MathNet.Numerics.LinearAlgebra;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.BuiltIn;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Numerics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.BuiltIn;

public sealed class TextEncoderTests : IDisposable
{
    private static readonly string[] Catalogue =
    [
        "red ceramic mug", "blue ceramic mug", "green ceramic mug with lid", "steel water bottle", "steel water bottle with lid",
        "glass water bottle", "wool winter hat", "wool winter scarf", "cotton summer hat", "", "steel steel steel mug",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Hashed_vectors_equal_a_plain_sum_of_the_terms_segments()
    {
        var encoder = BuiltInEncoders.Create(BuiltInEncoders.TextHash, _folder["e"]);
        string text = "red mug red";

        float[] actual = Embed(encoder, text);

        const int rows = 1 << 14, segmentWidth = 192;
        float[] table = new RandomNumbers(0x7E87).Fill(rows * segmentWidth, 1);
        var (ids, counts) = Encode(NgramTokenizer.Load(encoder), text);
        float[] expected = new float[768];
        for (int term = 0; term < ids.Length; term++)
        {
            for (int i = 0; i < 768; i++)
            {
                long row = ids[term] >> (14 * (i / segmentWidth)) & (rows - 1);
                expected[i] += (1 + MathF.Log(counts[term])) * table[row * segmentWidth + i % segmentWidth];
            }
        }

        float scale = (float)(Math.Sqrt(768) / 2 / Vectors.Length(expected));
        Vectors.AssertClose(Array.ConvertAll(expected, v => v * scale), actual, 1e-5);
    }

    [Fact]
    public void Hashed_vectors_of_related_texts_are_closer_than_of_unrelated_ones()
    {
        var encoder = BuiltInEncoders.Create(BuiltInEncoders.TextHash, _folder["e"]);
        float[] mug = Embed(encoder, "red ceramic mug");
        Assert.InRange(Vectors.Cosine(mug, Embed(encoder, "blue ceramic mug")), 0.4, 0.8);
        Assert.InRange(Vectors.Cosine(mug, Embed(encoder, "wool winter hat")), -0.15, 0.15);
    }

    [Fact]
    public void Padding_does_not_change_a_vector_and_no_terms_give_zeros()
    {
        var fitted = TextSvdFitter.Fit(Catalogue, _folder["f"], new TextSvdOptions { Width = 8 }, Progress.None);
        var hashed = BuiltInEncoders.Create(BuiltInEncoders.TextHash, _folder["h"]);
        foreach (var encoder in new[] { fitted, hashed })
        {
            float[] alone = Embed(encoder, "red ceramic mug");
            float[] padded = OnnxRun.Floats(encoder.ModelPath, "embedding", Padded(encoder, "red ceramic mug", 40));
            Vectors.AssertClose(alone, padded, 1e-5);
            float[] empty = OnnxRun.Floats(encoder.ModelPath, "embedding", ("input_ids", new long[4], [1, 4]), ("weights", new float[4], [1, 4]));
            Assert.All(empty, value => Assert.Equal(0f, value));
        }
    }

    [Theory]
    [InlineData("Ikaruga")]
    [InlineData("Ico 2")]
    [InlineData("★ ☆")]
    [InlineData("東")]
    public void A_text_without_a_known_term_has_a_vector_of_its_own(string title)
    {
        var encoder = TextSvdFitter.Fit(Catalogue, _folder["f"], new TextSvdOptions { Width = 768 }, Progress.None);
        float[] vector = Embed(encoder, title);

        Assert.Equal(Math.Sqrt(768) / 2, Vectors.Length(vector), 3);
        Assert.Equal(vector, Embed(encoder, $" {title} "));
        Assert.All(Catalogue.Where(text => text.Length > 0), text => Assert.InRange(Vectors.Cosine(vector, Embed(encoder, text)), -0.2, 0.2));
        Assert.InRange(Vectors.Cosine(vector, Embed(encoder, "Okami")), -0.2, 0.2);
        // One known word, and it is as before: unknown ones beside it are passed over.
        Assert.Equal(Embed(encoder, "mug"), Embed(encoder, $"mug {title}"));
    }

    [Fact]
    public void Fitted_cosines_equal_those_of_a_dense_tf_idf_decomposition()
    {
        const int width = 5;
        var encoder = TextSvdFitter.Fit(Catalogue, _folder["f"], new TextSvdOptions { Width = width, MaxWords = 1 }, Progress.None);
        string[] terms = Catalogue.SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
        var tfIdf = Matrix<double>.Build.Dense(Catalogue.Length, terms.Length, (text, term) => Weight(Catalogue[text], terms[term]));
        var unit = tfIdf.NormalizeRows(2);
        var right = unit.Svd().VT.SubMatrix(0, width, 0, terms.Length).Transpose();
        var projected = unit * right;

        float[][] vectors = Array.ConvertAll(Catalogue, text => Embed(encoder, text));

        for (int a = 0; a < Catalogue.Length; a++)
        {
            for (int b = 0; b < Catalogue.Length; b++)
            {
                if (Catalogue[a].Length == 0 || Catalogue[b].Length == 0)
                    continue;
                double expected = projected.Row(a) * projected.Row(b) / (projected.Row(a).L2Norm() * projected.Row(b).L2Norm());
                Assert.Equal(expected, Vectors.Cosine(vectors[a], vectors[b]), 2);
            }

            Assert.Equal(Catalogue[a].Length == 0 ? 0 : Math.Sqrt(width) / 2, Vectors.Length(vectors[a]), 3);
        }
    }

    [Fact]
    public void A_catalogue_smaller_than_the_width_leaves_the_last_components_zero()
    {
        var encoder = TextSvdFitter.Fit(["red mug", "blue hat"], _folder["f"], new TextSvdOptions { Width = 16 }, Progress.None);
        float[] vector = Embed(encoder, "red mug");
        Assert.Equal(16, vector.Length);
        Assert.All(vector[2..], value => Assert.Equal(0f, value));
        Assert.Equal(2, Vectors.Length(vector), 3);
    }

    [Fact]
    public void The_same_texts_give_the_same_files()
    {
        var first = TextSvdFitter.Fit(Catalogue, _folder["a"], new TextSvdOptions { Width = 8 }, Progress.None);
        var second = TextSvdFitter.Fit(Catalogue, _folder["b"], new TextSvdOptions { Width = 8 }, Progress.None);
        Assert.Equal(first.Fingerprint(), second.Fingerprint());
    }

    [Fact]
    public void Texts_without_words_can_not_be_fitted()
    {
        var error = Assert.Throws<UserErrorException>(() => TextSvdFitter.Fit(["", "..."], _folder["f"], new TextSvdOptions(), Progress.None));
        Assert.Contains("none of the 2 texts", error.Message);
        Assert.False(File.Exists(Path.Combine(_folder["f"], "encoder.json")));
    }

    [Fact]
    public void Only_terms_in_enough_texts_are_kept_and_the_most_frequent_come_first()
    {
        var options = new TextSvdOptions { Width = 4, MinDocumentFrequency = 2, MaxVocabulary = 5 };
        var encoder = TextSvdFitter.Fit(Catalogue, _folder["f"], options, Progress.None);
        Assert.Equal(["mug", "ceramic", "ceramic mug", "steel", "water"], File.ReadAllLines(encoder.VocabularyPath!));
    }

    [Fact]
    public void A_sample_is_drawn_from_more_texts_than_the_limit()
    {
        string[] texts = Enumerable.Range(0, 1000).Select(i => $"word{i}").ToArray();
        var sample = TextSample.Take(texts, 100, seed: 4, default);
        Assert.Equal(100, sample.Distinct().Count());
        Assert.Contains(sample, text => int.Parse(text[4..]) >= 900);
        Assert.Equal(sample, TextSample.Take(texts, 100, seed: 4, default));
    }

    private static double Weight(string text, string term)
    {
        int count = text.Split(' ').Count(word => word == term);
        int documents = Catalogue.Count(other => other.Split(' ').Contains(term));
        return count == 0 ? 0 : (1 + Math.Log(count)) * (Math.Log((1.0 + Catalogue.Length) / (1.0 + documents)) + 1);
    }

    private static float[] Embed(EncoderFolder encoder, string text)
    {
        var (ids, _) = Encode(NgramTokenizer.Load(encoder), text);
        return OnnxRun.Floats(encoder.ModelPath, "embedding", Padded(encoder, text, Math.Max(1, ids.Length)));
    }

    private static (string, Array, long[])[] Padded(EncoderFolder encoder, string text, int length)
    {
        var (ids, counts) = Encode(NgramTokenizer.Load(encoder), text);
        Array.Resize(ref ids, length);
        Array.Resize(ref counts, length);
        return [("input_ids", ids, [1, length]), ("weights", counts, [1, length])];
    }

    private static (long[] Ids, float[] Counts) Encode(NgramTokenizer tokenizer, string text)
    {
        long[] ids = new long[tokenizer.MaxLength];
        float[] counts = new float[tokenizer.MaxLength];
        int count = tokenizer.Encode(text, ids, counts);
        return (ids[..count], counts[..count]);
    }
}
