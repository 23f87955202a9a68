using Google.Protobuf;

namespace UniM2Rec.Models.Onnx;

/// <summary>
/// What an ONNX model says of its weights, found by walking its protobuf without keeping any tensor. Field numbers are those of onnx.proto
/// (IR version 8).
/// </summary>
public sealed class ModelWeights
{
    private readonly SortedSet<string> _locations = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, long> _elements = [];

    private ModelWeights()
    {
    }

    /// <summary>The distinct files beside the model that its tensors name, in ordinal order; empty where all weights are inside the model.</summary>
    public IReadOnlyList<string> ExternalFiles => [.. _locations];

    /// <summary>Element type that most weights have, in ONNX's words: float32, float16, int8, ...; "none" for a model without weights.</summary>
    public string Precision => _elements.Count == 0 ? "none" : NameOf(_elements.MaxBy(type => type.Value).Key);

    /// <summary>Scans a model.</summary>
    /// <exception cref="UserErrorException">The file is no ONNX model.</exception>
    public static ModelWeights Scan(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        using var input = CodedInputStream.CreateWithLimits(file, int.MaxValue, recursionLimit: 100);
        var found = new ModelWeights();
        try
        {
            found.Walk(input, end: long.MaxValue, Message.Model);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new UserErrorException($"{modelPath} is not a readable ONNX model ({broken.Message.TrimEnd('.')}); export or copy it again.", broken);
        }

        return found;
    }

    private static string NameOf(int dataType) => dataType switch
    {
        1 => "float32",
        2 => "uint8",
        3 => "int8",
        6 => "int32",
        7 => "int64",
        10 => "float16",
        11 => "float64",
        16 => "bfloat16",
        _ => $"type {dataType}",
    };

    /// <summary>Messages on the way from a model to a tensor's external data.</summary>
    private enum Message
    {
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        SparseTensor,
        Function,
    }

    private static Message? Child(Message parent, int field) => (parent, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 25) => Message.Function,
        (Message.Function, 7) => Message.Node,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 15) => Message.SparseTensor,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.SparseTensor, 1 or 2) => Message.Tensor,
        _ => null,
    };

    private void Walk(CodedInputStream input, long end, Message message)
    {
        var (elements, type) = (1L, 0);
        while (input.Position < end)
        {
            uint tag = input.ReadTag();
            if (tag == 0)
                return;
            int field = WireFormat.GetTagFieldNumber(tag);
            bool isPacked = WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited;
            if (message == Message.Tensor && field == 1)
            {
                // dims: one a field, or all in one
                for (long last = isPacked ? input.ReadLength() + input.Position : input.Position + 1; input.Position < last;)
                    elements *= input.ReadInt64();
            }
            else if (message == Message.Tensor && field == 2 && !isPacked)
            {
                type = input.ReadInt32();
            }
            else if (message == Message.Tensor && field == 13 && isPacked)
            {
                ReadEntry(input.ReadBytes());
            }
            else if (isPacked && Child(message, field) is { } child)
            {
                int length = input.ReadLength();
                Walk(input, input.Position + length, child);
            }
            else
            {
                input.SkipLastField();
            }
        }

        if (message == Message.Tensor)
            _elements[type] = _elements.GetValueOrDefault(type) + elements;
    }

    /// <summary>StringStringEntryProto: key = 1, value = 2.</summary>
    private void ReadEntry(ByteString entry)
    {
        var input = entry.CreateCodedInput();
        string key = "", value = "";
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: key = input.ReadString(); break;
                case 2: value = input.ReadString(); break;
                default: input.SkipLastField(); break;
            }
        }

        if (key == "location")
            _locations.Add(value);
    }
}
