using System.Numerics.Tensors;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>From a model's output to one vector an item: pooling over positions, unit length, scale.</summary>
/// <param name="config">encoder.json.</param>
/// <param name="model">The ONNX file, for messages.</param>
/// <param name="measured">What the model's answers were like when it was opened.</param>
internal sealed class VectorReading(EncoderConfig config, string model, SessionShape measured)
{
    /// <summary>Reads an answer (<see cref="AnswerShape"/>) into the window; rows after the items are passed over.</summary>
    /// <exception cref="UserErrorException">The shape does not fit the pooling, the batch, or the width that the window is made for.</exception>
    public void Read(ReadOnlySpan<float> output, long[] shape, PreparedItems window, ReadOnlySpan<int> items, int rows, int length)
    {
        var answer = AnswerShape.Of(shape, config.Pooling, model);
        if (shape[0] != rows || answer.Width != window.Width)
        {
            throw new UserErrorException(
                $"{model} answered {rows} items with [{string.Join(", ", shape)}], but {rows} vectors of width {window.Width} were expected; export the model with a free first dimension and a fixed width.");
        }

        if (measured.Positions == AnswerPositions.Tokens && answer.Positions != length)
            throw new UserErrorException($"{model} answered {length} ids with {answer.Positions} positions, but one for each was expected, as it answered when it was opened; export the model with a pooled output.");
        int positions = checked((int)answer.Positions);
        for (int i = 0; i < items.Length; i++)
        {
            var vector = window.Features(items[i]);
            if (positions == 0)
                output.Slice(i * window.Width, window.Width).CopyTo(vector);
            else
                Pool(output.Slice(i * positions * window.Width, positions * window.Width), measured.Positions == AnswerPositions.Tokens ? window.TokenCounts[items[i]] : positions, vector);
            if (config.Normalize)
                Normalize(vector);
            if (config.Scale != 1)
                TensorPrimitives.Multiply(vector, config.Scale, vector);
        }
    }

    /// <summary>A length that is not finite would make zeros of numbers that are.</summary>
    private static void Normalize(Span<float> vector)
    {
        float length = TensorPrimitives.Norm<float>(vector);
        if (float.IsFinite(length))
            TensorPrimitives.Divide(vector, Math.Max(length, float.Epsilon), vector);
        else
            vector.Fill(float.NaN);
    }

    /// <summary>Pools the first <paramref name="count"/> positions of one item.</summary>
    private void Pool(ReadOnlySpan<float> positions, int count, Span<float> vector)
    {
        positions[..vector.Length].CopyTo(vector);
        if (config.Pooling is Pooling.Cls or Pooling.None)
            return;
        for (int p = 1; p < count; p++)
        {
            var next = positions.Slice(p * vector.Length, vector.Length);
            if (config.Pooling == Pooling.Mean)
                TensorPrimitives.Add(vector, next, vector);
            else
                TensorPrimitives.Max(vector, next, vector);
        }

        if (config.Pooling == Pooling.Mean && count > 1)
            TensorPrimitives.Divide(vector, count, vector);
    }
}

/// <summary>
/// The shape of a model's answer: [items, width], or [items, positions, width] where encoder.json says how positions become one vector.
/// Further axes of length 1, as pooling over a picture leaves them ([items, width, 1, 1]), mean nothing.
/// </summary>
/// <param name="Positions">Positions of an item; 0 where the answer has no such axis, −1 where the model leaves it open.</param>
/// <param name="Width">Numbers a vector; −1 where the model leaves it open.</param>
internal readonly record struct AnswerShape(long Positions, long Width)
{
    /// <summary>Reads a shape, declared (−1 = open) or answered.</summary>
    /// <exception cref="UserErrorException">It is none of those above.</exception>
    public static AnswerShape Of(ReadOnlySpan<long> shape, Pooling pooling, string model) => WithoutOnes(shape, pooling) switch
    {
        [_, var width] => new(0, width),
        [_, var positions, var width] when pooling != Pooling.None => new(positions, width),
        [_, 1 or -1, var width] => new(1, width),
        _ => throw new UserErrorException(
            $"{model} answers with [{string.Join(", ", shape.ToArray())}], but [items, width] was expected, or [items, positions, width] with 'pooling' (cls, mean, max) in {EncoderFolder.ConfigFile}."),
    };

    /// <summary>The shape without axes of length 1 at its end; of three axes the last is the width where there is pooling.</summary>
    private static ReadOnlySpan<long> WithoutOnes(ReadOnlySpan<long> shape, Pooling pooling)
    {
        if (shape.Length == 3 && pooling != Pooling.None)
            return shape;
        while (shape.Length > 2 && shape[^1] == 1)
            shape = shape[..^1];
        return shape;
    }
}
