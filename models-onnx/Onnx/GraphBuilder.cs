using System.Runtime.InteropServices;

namespace UniM2Rec.Models.Onnx;

/// <summary>
/// Builds an ONNX graph one operator at a time. Names of values follow the order of the calls, so the same calls give the same file.
/// The operators are in this class's other parts, under their ONNX names.
/// </summary>
public sealed partial class GraphBuilder
{
    private readonly Dictionary<string, Value> _constants = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Starts an empty graph.</summary>
    public GraphBuilder(string name) => Name = name;

    /// <summary>The graph's name.</summary>
    public string Name { get; }

    /// <summary>Bytes of all weights.</summary>
    public long WeightBytes => Initializers.Sum(i => i.ByteLength);

    internal List<ValueDeclaration> Inputs { get; } = [];

    internal List<ValueDeclaration> Outputs { get; } = [];

    internal List<Node> Nodes { get; } = [];

    internal List<Initializer> Initializers { get; } = [];

    /// <summary>Declares an input.</summary>
    public Value Input(string name, ElementType type, params ReadOnlySpan<Dimension> shape)
    {
        Inputs.Add(new ValueDeclaration(name, type, shape.ToArray()));
        return new Value(name, type);
    }

    /// <summary>Declares a value as output under a name of its own.</summary>
    public void Output(Value value, string name, params ReadOnlySpan<Dimension> shape)
    {
        Nodes.Add(new Node("Identity", name, [value.Name], [name], []));
        Outputs.Add(new ValueDeclaration(name, value.Type, shape.ToArray()));
    }

    /// <summary>A weight whose bytes <paramref name="writeData"/> writes (row-major, little-endian) when the file is written.</summary>
    public Value Weight(string name, ElementType type, ReadOnlySpan<long> shape, Action<Stream> writeData)
    {
        string unique = Unique(name);
        Initializers.Add(new Initializer(unique, type, shape.ToArray(), writeData));
        return new Value(unique, type);
    }

    /// <summary>A float32 weight; the array must stay as it is until the file is written.</summary>
    public Value Weight(string name, float[] values, params ReadOnlySpan<long> shape) =>
        Weight(name, ElementType.Float, shape, stream => stream.Write(MemoryMarshal.AsBytes<float>(values)));

    /// <summary>A float16 weight; the array must stay as it is until the file is written.</summary>
    public Value Weight(string name, Half[] values, params ReadOnlySpan<long> shape) =>
        Weight(name, ElementType.Float16, shape, stream => stream.Write(MemoryMarshal.AsBytes<Half>(values)));

    /// <summary>An int64 vector; equal vectors share one initialiser.</summary>
    public Value Integers(params long[] values)
    {
        string key = "i:" + string.Join(',', values);
        if (!_constants.TryGetValue(key, out var known))
            _constants[key] = known = Weight("ints", ElementType.Int64, [values.Length], stream => stream.Write(MemoryMarshal.AsBytes<long>(values)));
        return known;
    }

    /// <summary>An int64 scalar.</summary>
    public Value Integer(long value)
    {
        string key = $"I:{value}";
        if (!_constants.TryGetValue(key, out var known))
            _constants[key] = known = Weight("int", ElementType.Int64, [], stream => stream.Write(MemoryMarshal.AsBytes<long>([value])));
        return known;
    }

    /// <summary>A floating-point scalar of the given type.</summary>
    public Value Scalar(double value, ElementType type = ElementType.Float)
    {
        string key = FormattableString.Invariant($"{type}:{value:R}");
        if (!_constants.TryGetValue(key, out var known))
        {
            _constants[key] = known = Weight("scalar", type, [], stream => stream.Write(type == ElementType.Float16
                ? MemoryMarshal.AsBytes<Half>([(Half)value])
                : MemoryMarshal.AsBytes<float>([(float)value])));
        }

        return known;
    }

    /// <summary>Adds an operator of one output; <paramref name="type"/> is the output's element type, the first input's where left out.</summary>
    public Value Apply(string op, ReadOnlySpan<Value> inputs, ReadOnlySpan<NodeAttribute> attributes = default, ElementType? type = null)
    {
        string output = Unique(op.ToLowerInvariant());
        Nodes.Add(new Node(op, output, Names(inputs), [output], attributes.ToArray()));
        return new Value(output, type ?? inputs[0].Type);
    }

    /// <summary>
    /// Stores float32 weights as float16, half as large and rounded to 11 bits; they become float32 again when the model is loaded, so that what is computed stays float32.
    /// </summary>
    /// <param name="leastBytes">Weights of fewer bytes stay as they are.</param>
    public void StoreAsHalf(long leastBytes)
    {
        for (int i = 0; i < Initializers.Count; i++)
        {
            var single = Initializers[i];
            if (single.Type != ElementType.Float || single.ByteLength < leastBytes) continue;
            string stored = Unique(single.Name + "_half");
            Initializers[i] = new Initializer(stored, ElementType.Float16, single.Shape, stream =>
            {
                using var content = new MemoryStream();
                single.WriteData(content);
                var values = MemoryMarshal.Cast<byte, float>(content.GetBuffer().AsSpan(0, (int)content.Length));
                var halves = new Half[values.Length];
                for (int v = 0; v < halves.Length; v++) halves[v] = (Half)values[v];
                stream.Write(MemoryMarshal.AsBytes<Half>(halves));
            });
            Nodes.Insert(0, new Node("Cast", stored + "_cast", [stored], [single.Name], [("to", (long)ElementType.Float)]));
        }
    }

    private static string[] Names(ReadOnlySpan<Value> inputs)
    {
        string[] names = new string[inputs.Length];
        for (int i = 0; i < names.Length; i++)
            names[i] = inputs[i].Name ?? "";
        return names;
    }

    private string Unique(string stem)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, stem, out _);
        count++;
        return count == 1 ? stem : $"{stem}_{count}";
    }
}
