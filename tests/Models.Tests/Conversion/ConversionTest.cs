using TorchSharp;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Conversion;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Numerics;
using UniM2Rec.Tests.Testing;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Conversion;

/// <summary>What every converter's test needs: a source folder, a conversion, and two ways to compare with Torch.</summary>
public abstract class ConversionTest : IDisposable
{
    private const double Float32Tolerance = 1e-4;
    private const double Float16Cosine = 0.9999;
    private readonly TemporaryFolder _folder = new();

    public string Source => _folder["source"];

    public string Target => _folder["target"];

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void WriteSource(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Source, file))!);
        File.WriteAllText(Path.Combine(Source, file), content);
    }

    protected IReadOnlyList<EncoderFolder> Convert(ConvertOptions options) => EncoderConverter.Convert(Source, Target, options, Progress.None);

    protected string ConvertError(ConvertOptions? options = null) =>
        Assert.Throws<UserErrorException>(() => Convert(options ?? new ConvertOptions())).Message;

    protected static void AssertSame(Tensor expected, float[] actual, Precision precision)
    {
        float[] values = expected.contiguous().data<float>().ToArray();
        if (precision == Precision.Float32)
        {
            Vectors.AssertClose(values, actual, Float32Tolerance);
            return;
        }

        int width = (int)expected.shape[^1];
        for (int row = 0; row < values.Length / width; row++)
            Assert.True(Vectors.Cosine(values.AsSpan(row * width, width), actual.AsSpan(row * width, width)) >= Float16Cosine);
    }

    private protected static float[] Pixels(int items, int side, ulong seed = 21) => new RandomNumbers(seed).Fill((long)items * 3 * side * side, 1);
}
