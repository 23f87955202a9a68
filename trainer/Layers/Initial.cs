using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Parameters and Torch's own layers as they start in the published code: weights N(0, 0.02), biases 0, LayerNorm with gain 1 and an epsilon
/// of 1e-12.
/// </summary>
public static class Initial
{
    private const double StandardDeviation = 0.02;
    private const double Epsilon = 1e-12;

    /// <summary>A linear layer, as the published code starts it.</summary>
    public static Linear Linear(long inputs, long outputs) => nn.Linear(Normal(outputs, inputs), Zeros(outputs));

    /// <summary>A LayerNorm over the last axis, as the published code starts it.</summary>
    public static LayerNorm LayerNorm(long width) => nn.LayerNorm(width, Epsilon);

    /// <summary>A parameter drawn from N(0, 0.02²).</summary>
    public static Parameter Normal(params long[] shape)
    {
        var parameter = nn.Parameter(empty(shape));
        nn.init.normal_(parameter, 0, StandardDeviation);
        return parameter;
    }

    /// <summary>A parameter of zeros.</summary>
    public static Parameter Zeros(params long[] shape) => nn.Parameter(zeros(shape));
}

/// <summary>
/// How parameters start that MISSRec's published code leaves to Torch's own modules, where all others start as <see cref="Initial"/> says: it initialises its
/// layers before it adds the adaptors, and nn.MultiheadAttention holds its projections as bare parameters, which the initialisation passes by.
/// </summary>
public static class PublishedStart
{
    private static readonly string[] ProjectionNames = ["attention.query_key_value.weight", "attention.query.weight", "attention.key", "attention.value"];

    /// <summary>nn.MultiheadAttention: queries', keys' and values' weights as one [3 · width, width], Glorot-uniform.</summary>
    public static void Attention(nn.Module model, long width) => Uniform(
        model.named_parameters().Where(p => ProjectionNames.Any(n => p.name.EndsWith(n, StringComparison.Ordinal))).Select(p => p.parameter), Math.Sqrt(6.0 / (4 * width)));

    /// <summary>nn.Linear: weight and bias uniform within ±1/√inputs.</summary>
    public static void Adaptors(ModuleList<nn.Module<Tensor, Tensor>> adaptors, IReadOnlyList<int> widths)
    {
        for (int m = 0; m < widths.Count; m++) Uniform(adaptors[m].parameters(), 1 / Math.Sqrt(widths[m]));
    }

    private static void Uniform(IEnumerable<Parameter> parameters, double bound)
    {
        using var quiet = no_grad();
        foreach (var parameter in parameters) nn.init.uniform_(parameter, -bound, bound);
    }
}
