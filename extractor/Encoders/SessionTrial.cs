using System.Numerics.Tensors;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>What a model's answers are like.</summary>
/// <param name="Width">Numbers a vector.</param>
/// <param name="Positions">What its positions are.</param>
internal readonly record struct SessionShape(int Width, AnswerPositions Positions);

/// <summary>What the positions of an answer are, over which a vector is pooled.</summary>
internal enum AnswerPositions
{
    /// <summary>There are none, or the first one is all that counts.</summary>
    None,

    /// <summary>One for each id, padding included: pooling is over an item's own.</summary>
    Tokens,

    /// <summary>As many for every item, whatever its text: pooling is over all of them.</summary>
    Fixed,
}

/// <summary>
/// Runs a model a few times before it is used, on made-up items: what it answers is measured and not believed, and an item's vector must not depend on
/// what else is in its batch.
/// </summary>
internal static class SessionTrial
{
    private const int Short = 3, Long = 6, SmallIds = 3;
    private const int WidestVector = 65_536;

    /// <summary>How far a vector may be from the same alone, as a part of its length: what models of 8 bits do, which find their range in the batch.</summary>
    private const float Tolerance = 0.1f;

    /// <summary>Asks for the answer's shape, for some items padded to a length.</summary>
    public delegate long[] Asking(PreparedItems window, ReadOnlySpan<int> items, int length);

    /// <summary>Measures width and positions by texts of two lengths.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="inputs">The model's inputs.</param>
    /// <param name="declared">The shape that the model declares for its answer; −1 where it is free.</param>
    /// <param name="ask">Runs the model.</param>
    /// <exception cref="UserErrorException">The answer has a shape that can't be read, is not as declared, or has positions that pooling would take padding from.</exception>
    public static SessionShape Measure(EncoderFolder encoder, IReadOnlyList<SessionInput> inputs, int[] declared, Asking ask)
    {
        var config = encoder.Config;
        var (shorter, longer) = Lengths(config);
        var window = CreateWindow(encoder, inputs, width: 0);
        var first = AnswerShape.Of(ask(window, [0], shorter), config.Pooling, encoder.ModelPath);
        if (first.Width is < 1 or > WidestVector)
            throw new UserErrorException($"{encoder.ModelPath} answers with vectors of {first.Width:N0} numbers, but 1 to {WidestVector:N0} were expected; choose another output of the model.");
        // A shape that was not declared at all reads like that of one number.
        if (declared.Length > 0 && AnswerShape.Of(Array.ConvertAll(declared, length => (long)length), config.Pooling, encoder.ModelPath).Width is > 0 and var width && width != first.Width)
            throw new UserErrorException($"{encoder.ModelPath} declares vectors of width {width}, but answers with {first.Width} numbers; export it again.");
        if (first.Positions == 0 || config.Pooling is Pooling.None or Pooling.Cls)
            return new((int)first.Width, AnswerPositions.None);
        if (config.Tokenizer is null)
            return new((int)first.Width, AnswerPositions.Fixed);
        var second = longer == shorter ? first : AnswerShape.Of(ask(window, [0], longer), config.Pooling, encoder.ModelPath);
        if (first.Positions == shorter && second.Positions == longer)
            return new((int)first.Width, AnswerPositions.Tokens);
        if (first.Positions == second.Positions && longer != shorter)
            return new((int)first.Width, AnswerPositions.Fixed);
        throw new UserErrorException(
            $"{encoder.ModelPath} answers {longer} ids with {second.Positions} positions, so pooling '{config.Pooling.ToString().ToLowerInvariant()}' would take padding into an item's vector; " +
            "set pooling to cls, or export the model with a pooled output and name that by 'output'.");
    }

    /// <summary>Compares an item's vector alone with its vector beside another item with a longer text and another picture.</summary>
    /// <exception cref="UserErrorException">They differ.</exception>
    public static void RequireIndependence(EncoderFolder encoder, EncoderSession session)
    {
        var (shorter, longer) = Lengths(encoder.Config);
        var window = CreateWindow(encoder, session.Inputs, session.Width);
        session.Encode(window, [0], rows: 1, shorter);
        float[] alone = window.Features(0).ToArray();
        session.Encode(window, [0, 1], rows: 2, longer);
        var beside = window.Features(0);
        float length = Math.Max(TensorPrimitives.Norm<float>(alone), TensorPrimitives.Norm<float>(beside)), distance = TensorPrimitives.Distance<float>(alone, beside);
        // What is not finite on made-up items may be on true ones, and is looked at vector by vector.
        if (!float.IsFinite(distance) || distance <= Tolerance * length)
            return;
        throw new UserErrorException(
            $"{encoder.ModelPath} gives an item another vector when it is beside another one (by {distance / length:P0} of its length), but a vector must not depend on its batch; " +
            (encoder.Config.Tokenizer is { PadToMaxLength: false }
                ? $"export the model with an attention mask that it obeys, or set tokenizer.padToMaxLength to true in {encoder.ConfigPath}."
                : "export the model for inference (batch normalisation by the statistics of training)."));
    }

    /// <summary>Two lengths of texts, the same where only one is possible.</summary>
    private static (int Shorter, int Longer) Lengths(EncoderConfig config)
    {
        if (config.Tokenizer is not { } tokenizer)
            return (1, 1);
        if (tokenizer.PadToMaxLength)
            return (tokenizer.MaxLength, tokenizer.MaxLength);
        int longer = Math.Min(Long, tokenizer.MaxLength);
        return (Math.Clamp(longer - 1, 1, Short), longer);
    }

    /// <summary>Two items: one with a shorter text than the other, of ids that every vocabulary has, and two pictures of noise.</summary>
    private static PreparedItems CreateWindow(EncoderFolder encoder, IReadOnlyList<SessionInput> inputs, int width)
    {
        var (shorter, longer) = Lengths(encoder.Config);
        var image = encoder.Config.Image;
        bool isTerms = encoder.Config.Tokenizer?.Type is TokenizerType.Ngrams or TokenizerType.HashedNgrams;
        var window = new PreparedItems(2, longer, inputs.Any(i => i.Role == InputRole.Weights), image?.Size ?? 0, width, paddingId: 0);
        var random = new Random(1);
        for (int item = 0; item < 2; item++)
        {
            int count = item == 0 ? Math.Min(shorter, Short) : Math.Min(longer, Long);
            for (int i = 0; encoder.Config.Tokenizer is not null && i < count; i++)
                window.IdRoom(item)[i] = isTerms ? 0 : 1 + (item + i) % SmallIds;
            window.WeightRoom(item).Fill(1);
            window.TokenCounts[item] = encoder.Config.Tokenizer is null ? 0 : count;
            window.HasText[item] = encoder.Config.Tokenizer is not null;
            if (image is null)
                continue;
            var pixels = window.PixelRoom();
            for (int i = 0; i < pixels.Length; i++)
            {
                int channel = i / (image.Size * image.Size);
                pixels[i] = (float)((random.Next(256) * image.Rescale - image.Mean[channel]) / image.Std[channel]);
            }

            window.KeepPicture(item);
        }

        return window;
    }
}
