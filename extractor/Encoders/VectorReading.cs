using System.Numerics.Tensors;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>From a model's output to one vector an item: pooling over positions, unit length, scale.</summary>
internal sealed class VectorReading(EncoderConfig config)
{
    /// <summary>Reads an answer (<see cref="AnswerShape"/>) into the window; rows after the items are passed over.</summary>
    /// <exception cref="UserErrorException">The shape does not fit the pooling, the batch, or the width that the window is made for.</exception>
    public void Read(ReadOnlySpan<float> output, long[] shape, PreparedItems window, ReadOnlySpan<int> items, int rows, int length, string model)
    {
        var answer = AnswerShape.Of(shape, config.Pooling, model);
        if (shape[0] != rows || answer.Width != window.Width)
        {
            throw new UserErrorException(
                $"{model} answered {rows} items with [{string.Join(", ", shape)}], but {rows} vectors of width {window.Width} were expected; export the model with a free first dimension and a fixed width.");
        }

        var positions = checked((int)answer.Positions);
        for (var i = 0; i < items.Length; i++)
        {
            var vector = window.Features(items[i]);
            if (positions == 0)
                output.Slice(i * window.Width, window.Width).CopyTo(vector);
            else
                Pool(output.Slice(i * positions * window.Width, positions * window.Width), positions == length ? window.TokenCounts[items[i]] : positions, vector);
            if (config.Normalize)
                TensorPrimitives.Divide(vector, Math.Max(TensorPrimitives.Norm(vector), float.Epsilon), vector);
            if (config.Scale != 1)
                TensorPrimitives.Multiply(vector, config.Scale, vector);
        }
    }

    /// <summary>Pools the first <paramref name="count"/> positions of one item.</summary>
    private void Pool(ReadOnlySpan<float> positions, int count, Span<float> vector)
    {
        positions[..vector.Length].CopyTo(vector);
        if (config.Pooling is Pooling.Cls or Pooling.None)
            return;
        for (var p = 1; p < count; p++)
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
