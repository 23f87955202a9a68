using Google.Protobuf;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Models.Graphs;

/// <summary>
/// Finds which files beside an ONNX model hold weights, by walking its protobuf without keeping any tensor. Field numbers are those of
/// onnx.proto (IR version 8).
/// </summary>
public static class ExternalDataScanner
{
    /// <summary>The distinct locations that the model's tensors name, in ordinal order; empty where all weights are inside the model.</summary>
    /// <exception cref="UserErrorException">The file is no ONNX model.</exception>
    public static IReadOnlyList<string> Locations(string modelPath)
    {
        using var file = File.OpenRead(modelPath);
        using var input = CodedInputStream.CreateWithLimits(file, int.MaxValue, recursionLimit: 100);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            Walk(input, end: long.MaxValue, Message.Model, found);
        }
        catch (InvalidProtocolBufferException broken)
        {
            throw new UserErrorException($"{modelPath} is not a readable ONNX model ({broken.Message.TrimEnd('.')}); export or copy it again.", broken);
        }

        return [.. found];
    }

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

    private static void Walk(CodedInputStream input, long end, Message message, SortedSet<string> found)
    {
        while (input.Position < end)
        {
            var tag = input.ReadTag();
            if (tag == 0)
                return;
            var field = WireFormat.GetTagFieldNumber(tag);
            if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited)
            {
                input.SkipLastField();
                continue;
            }

            if (message == Message.Tensor && field == 13)
            {
                ReadEntry(input.ReadBytes(), found);
            }
            else if (Child(message, field) is { } child)
            {
                var length = input.ReadLength();
                Walk(input, input.Position + length, child, found);
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    /// <summary>StringStringEntryProto: key = 1, value = 2.</summary>
    private static void ReadEntry(ByteString entry, SortedSet<string> found)
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
            found.Add(value);
    }
}
