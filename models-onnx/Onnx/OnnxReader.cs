namespace UniM2Rec.Models.Onnx;

/// <summary>
/// Reads an ONNX model whose weights are inside it. Attributes and weights stay the bytes that they are. Field numbers are those of onnx.proto
/// (IR version 8).
/// </summary>
internal static class OnnxReader
{
    private const int GraphAttribute = 6;
    private const int GraphsAttribute = 11;

    /// <summary>Reads a model.</summary>
    /// <param name="file">The model; it must stay as it is while the result is used.</param>
    /// <param name="source">What it was read from, for messages.</param>
    /// <exception cref="UserErrorException">It is no ONNX model, or has something that can't be built into another graph: subgraphs, operators of other domains, weights in other files.</exception>
    public static OnnxModel Read(ReadOnlyMemory<byte> file, string source)
    {
        try
        {
            return ReadModel(file, source);
        }
        catch (InvalidDataException broken)
        {
            throw new UserErrorException($"{source} is no readable ONNX model ({broken.Message}); get or export it again.", broken);
        }
    }

    private static OnnxModel ReadModel(ReadOnlyMemory<byte> file, string source)
    {
        var (opset, nodes, weights, outputs) = (0, new List<Node>(), new List<Initializer>(), new Dictionary<string, ElementType>());
        foreach (var field in ProtoField.Of(file))
        {
            if (field.Number == 8 && ReadOpset(field) is { } version)
                opset = version;
            if (field.Number != 7)
                continue;
            foreach (var part in ProtoField.Of(field.Bytes))
            {
                if (part.Number == 1)
                    nodes.Add(ReadNode(part, source));
                else if (part.Number == 5)
                    weights.Add(ReadWeight(part, source));
                else if (part.Number == 12)
                    AddOutput(part, outputs);
            }
        }

        return nodes.Count > 0 && opset > 0
            ? new OnnxModel(source, opset, nodes, weights, outputs)
            : throw new InvalidDataException("it has no graph, or does not say which operators it uses");
    }

    private static int? ReadOpset(ProtoField import)
    {
        var (domain, version) = ("", 0);
        foreach (var field in ProtoField.Of(import.Bytes))
            (domain, version) = field.Number == 1 ? (field.Text, version) : (domain, (int)field.Integer);
        return domain.Length == 0 ? version : null;
    }

    private static Node ReadNode(ProtoField node, string source)
    {
        var (inputs, outputs, attributes, name, op) = (new List<string>(), new List<string>(), new List<NodeAttribute>(), "", "");
        foreach (var field in ProtoField.Of(node.Bytes))
        {
            switch (field.Number)
            {
                case 1: inputs.Add(field.Text); break;
                case 2: outputs.Add(field.Text); break;
                case 3: name = field.Text; break;
                case 4: op = field.Text; break;
                case 5: attributes.Add(ReadAttribute(field, source)); break;
                case 7 when field.Text is { Length: > 0 } domain: throw Unusable(source, $"operators of the domain '{domain}'");
            }
        }

        return new Node(op, name, inputs, outputs, attributes);
    }

    private static NodeAttribute ReadAttribute(ProtoField attribute, string source)
    {
        string name = "";
        foreach (var field in ProtoField.Of(attribute.Bytes))
        {
            if (field.Number == 1)
                name = field.Text;
            if (field.Number is GraphAttribute or GraphsAttribute)
                throw Unusable(source, "subgraphs");
        }

        return NodeAttribute.Encoded(name, attribute.Bytes);
    }

    private static Initializer ReadWeight(ProtoField tensor, string source)
    {
        var (shape, type, name, data) = (new List<long>(), 0, "", ReadOnlyMemory<byte>.Empty);
        foreach (var field in ProtoField.Of(tensor.Bytes))
        {
            switch (field.Number)
            {
                case 1: shape.AddRange(field.Integers()); break;
                case 2: type = (int)field.Integer; break;
                case 8: name = field.Text; break;
                // raw_data, and float_data as a packed list, which is the same bytes
                case 4 or 9 when data.IsEmpty: data = field.Bytes; break;
            }
        }

        if (!Enum.IsDefined((ElementType)type))
            throw Unusable(source, $"a weight '{name}' of element type {type}");
        var weight = new Initializer(name, (ElementType)type, shape, stream => stream.Write(data.Span));
        return data.Length == weight.ByteLength ? weight : throw Unusable(source, $"a weight '{name}' whose values are not all in its raw data");
    }

    private static void AddOutput(ProtoField declaration, Dictionary<string, ElementType> outputs)
    {
        var (name, type) = ("", 0);
        foreach (var field in ProtoField.Of(declaration.Bytes))
        {
            if (field.Number == 1)
                name = field.Text;
            else if (field.Number == 2)
                type = (int)ProtoField.Of(field.Bytes).Where(f => f.Number == 1).SelectMany(tensor => ProtoField.Of(tensor.Bytes)).FirstOrDefault(f => f.Number == 1).Integer;
        }

        outputs[name] = (ElementType)type;
    }

    private static UserErrorException Unusable(string source, string what) =>
        new($"{source} has {what}, but only plain operators and weights inside the model can be built into another graph; export it without.");
}
