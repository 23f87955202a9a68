using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Conversion;

/// <summary>Puts a checkpoint's weights into a graph, in the precision asked for. The checkpoint must stay open until the graph is written.</summary>
public sealed class CheckpointWeights
{
    private const int ChunkElements = 1 << 18;
    private readonly GraphBuilder _graph;

    /// <summary>Weights of <paramref name="checkpoint"/> whose names begin with <paramref name="prefix"/>.</summary>
    public CheckpointWeights(GraphBuilder graph, Checkpoint checkpoint, ElementType type, string prefix = "")
    {
        _graph = graph;
        Checkpoint = checkpoint;
        Type = type;
        Prefix = prefix;
    }

    /// <summary>Where the weights come from.</summary>
    public Checkpoint Checkpoint { get; }

    /// <summary>Precision of the graph.</summary>
    public ElementType Type { get; }

    /// <summary>What every name begins with.</summary>
    public string Prefix { get; }

    /// <summary>The same weights, deeper in the name.</summary>
    public CheckpointWeights Below(string prefix) => new(_graph, Checkpoint, Type, Prefix + prefix);

    /// <summary>Whether a weight is there.</summary>
    public bool Has(string name) => Checkpoint.Contains(Prefix + name);

    /// <summary>A weight as it is stored.</summary>
    /// <exception cref="UserErrorException">It is missing or has another shape.</exception>
    public Value Stored(string name, params long[] shape)
    {
        string full = Require(name, shape);
        return _graph.Weight(full, Type, shape, stream => WriteStored(full, shape.Aggregate(1L, (a, b) => a * b), stream));
    }

    /// <summary>A linear layer's weight, stored [output, input], as [input, output].</summary>
    /// <exception cref="UserErrorException">It is missing or has another shape.</exception>
    public Value Transposed(string name, int output, int input)
    {
        string full = Require(name, output, input);
        return _graph.Weight(full, Type, [input, output], stream =>
        {
            float[] stored = Checkpoint.Read(full);
            float[] transposed = new float[stored.Length];
            for (int row = 0; row < output; row++)
            {
                for (int column = 0; column < input; column++)
                    transposed[column * output + row] = stored[row * input + column];
            }

            Write(transposed, stream);
        });
    }

    /// <summary>Numbers that were computed from weights.</summary>
    public Value Computed(string name, float[] values, params long[] shape) =>
        _graph.Weight(Prefix + name, Type, shape, stream => Write(values, stream));

    /// <summary>x · Wᵀ + b of a linear layer [input → output]; the bias may be missing where <paramref name="biasOptional"/> says so.</summary>
    public Value Linear(Value x, string layer, int input, int output, bool biasOptional = false)
    {
        var product = _graph.MatMul(x, Transposed(layer + ".weight", output, input));
        return biasOptional && !Has(layer + ".bias") ? product : _graph.Add(product, Stored(layer + ".bias", output));
    }

    /// <summary>Layer normalisation over the last axis.</summary>
    public Value LayerNorm(Value x, string layer, int width, float epsilon) =>
        _graph.LayerNormalization(x, Stored(layer + ".weight", width), Stored(layer + ".bias", width), epsilon);

    private string Require(string name, params long[] shape)
    {
        var found = Checkpoint.Shape(Prefix + name);
        if (!found.SequenceEqual(shape))
            throw new UserErrorException($"'{Prefix + name}' in '{Checkpoint.Folder}' has shape [{string.Join(", ", found)}], but config.json asks for [{string.Join(", ", shape)}]; both files must come from the same model.");
        return Prefix + name;
    }

    private void WriteStored(string full, long count, Stream stream)
    {
        float[] chunk = new float[Math.Min(ChunkElements, count)];
        for (long first = 0; first < count; first += chunk.Length)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, count - first));
            Checkpoint.Read(full, first, part);
            Write(part, stream);
        }
    }

    private void Write(ReadOnlySpan<float> values, Stream stream)
    {
        if (Type == ElementType.Float)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        var halves = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, halves);
        stream.Write(MemoryMarshal.AsBytes<Half>(halves));
    }
}
