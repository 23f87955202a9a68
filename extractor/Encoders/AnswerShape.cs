using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Encoders;

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
            $"{model} answers with [{string.Join(", ", shape.ToArray())}], but [items, width] was expected, or [items, positions, width] with 'pooling' (cls, mean, max) in {EncoderPack.ConfigFile}."),
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
