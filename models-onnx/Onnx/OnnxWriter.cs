namespace UniM2Rec.Models.Onnx;

/// <summary>
/// Writes a graph as an ONNX model, weights streamed one after the other, so that memory does not grow with the model. Field numbers are
/// those of onnx.proto (IR version 8).
/// </summary>
public static class OnnxWriter
{
    private const int IrVersion = 8;
    private const int ExternalAlignment = 4096;   // a page, so that ONNX Runtime can map a weight instead of copying it

    /// <summary>
    /// Writes the model, and <c>path + ".data"</c> beside it where the weights pass the threshold. Existing files are replaced, once the new ones are
    /// whole.
    /// </summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(GraphBuilder graph, string path, OnnxFile? file = null, CancellationToken cancellation = default)
    {
        file ??= new OnnxFile();
        var storage = file.Storage ?? DiskStorage.Instance;
        string dataPath = path + ".data";
        bool external = graph.WeightBytes > file.ExternalDataThreshold;
        string unfinished = path + AtomicFile.TemporarySuffix, unfinishedData = dataPath + AtomicFile.TemporarySuffix;
        try
        {
            using (var data = external ? storage.Create(unfinishedData) : null)
            {
                using var output = storage.Create(unfinished);
                Write(graph, output, (data, Path.GetFileName(dataPath)), file, cancellation);
                storage.Sync(output);
                if (data is not null)
                    storage.Sync(data);
            }

            if (external)
                storage.Replace(unfinishedData, dataPath);
            storage.Replace(unfinished, path);
            if (!external)
                storage.Delete(dataPath);
            storage.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch
        {
            DeleteQuietly(unfinished, storage);
            DeleteQuietly(unfinishedData, storage);
            throw;
        }
    }

    private static void Write(GraphBuilder graph, Stream output, (Stream? Stream, string Name) external, OnnxFile file, CancellationToken cancellation)
    {
        var data = external.Stream;
        var head = new ProtoMessage();
        foreach (var node in graph.Nodes)
            head.Nested(1, NodeMessage(node));
        head.Text(2, graph.Name);
        foreach (var input in graph.Inputs)
            head.Nested(11, DeclarationMessage(input));
        foreach (var declaration in graph.Outputs)
            head.Nested(12, DeclarationMessage(declaration));

        byte[] graphHead = head.ToBytes();
        var tensors = new List<(byte[] Announcement, byte[] Head, Initializer? Inline)>(graph.Initializers.Count);
        foreach (var initializer in graph.Initializers)
        {
            cancellation.ThrowIfCancellationRequested();
            tensors.Add(data is not null && initializer.ByteLength > file.KeepInlineBytes
                ? ExternalTensor(initializer, data, external.Name, file)
                : InlineTensor(initializer));
        }

        long graphLength = graphHead.Length + tensors.Sum(t => t.Announcement.Length + t.Head.Length + (t.Inline?.ByteLength ?? 0));
        output.Write(ModelHead(file.Opset, graphLength));
        output.Write(graphHead);
        foreach (var (announcement, tensorHead, inline) in tensors)
        {
            cancellation.ThrowIfCancellationRequested();
            output.Write(announcement);
            output.Write(tensorHead);
            if (inline is not null)
                WriteData(inline, output, file);
        }
    }

    // What is reported is why the file could not be written; the next writing takes the leftover's place.
    private static void DeleteQuietly(string path, IStorage storage)
    {
        try
        {
            storage.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static byte[] ModelHead(int opset, long graphLength) => new ProtoMessage()
        .Integer(1, IrVersion)
        .Text(2, "UniM2Rec")
        .Nested(8, new ProtoMessage().Text(1, "").Integer(2, opset))
        .Announce(7, graphLength)
        .ToBytes();

    private static (byte[], byte[], Initializer?) InlineTensor(Initializer initializer)
    {
        byte[] head = TensorMessage(initializer).Announce(9, initializer.ByteLength).ToBytes();
        return (new ProtoMessage().Announce(5, head.Length + initializer.ByteLength).ToBytes(), head, initializer);
    }

    private static (byte[], byte[], Initializer?) ExternalTensor(Initializer initializer, Stream data, string dataFile, OnnxFile file)
    {
        long offset = (data.Position + ExternalAlignment - 1) / ExternalAlignment * ExternalAlignment;
        data.Write(new byte[offset - data.Position]);
        WriteData(initializer, data, file);
        byte[] head = TensorMessage(initializer)
            .Nested(13, new ProtoMessage().Text(1, "location").Text(2, dataFile))
            .Nested(13, new ProtoMessage().Text(1, "offset").Text(2, FormattableString.Invariant($"{offset}")))
            .Nested(13, new ProtoMessage().Text(1, "length").Text(2, FormattableString.Invariant($"{initializer.ByteLength}")))
            .Integer(14, 1)
            .ToBytes();
        return (new ProtoMessage().Announce(5, head.Length).ToBytes(), head, null);
    }

    private static void WriteData(Initializer initializer, Stream output, OnnxFile file)
    {
        long start = output.Position;
        initializer.WriteData(output);
        if (output.Position - start != initializer.ByteLength)
            throw new InvalidOperationException($"weight '{initializer.Name}' wrote {output.Position - start} bytes, its shape needs {initializer.ByteLength}.");
        file.Written?.Invoke(initializer.ByteLength);
    }

    private static ProtoMessage TensorMessage(Initializer initializer)
    {
        var tensor = new ProtoMessage();
        foreach (long length in initializer.Shape)
            tensor.Integer(1, length);
        return tensor.Integer(2, (long)initializer.Type).Text(8, initializer.Name);
    }

    private static ProtoMessage NodeMessage(Node node)
    {
        var message = new ProtoMessage();
        foreach (string input in node.Inputs)
            message.Text(1, input);
        foreach (string output in node.Outputs)
            message.Text(2, output);
        message.Text(3, node.Name).Text(4, node.Operator);
        foreach (var attribute in node.Attributes)
            message.Nested(5, AttributeMessage(attribute));
        return message;
    }

    private static ProtoMessage AttributeMessage(NodeAttribute attribute)
    {
        var message = new ProtoMessage().Text(1, attribute.Name);
        switch (attribute.Content)
        {
            case float real: return message.Real(2, real).Integer(20, 1);
            case long integer: return message.Integer(3, integer).Integer(20, 2);
            case ReadOnlyMemory<byte> encoded: return new ProtoMessage(encoded);
            case string text: return message.Text(4, text).Integer(20, 3);
            case long[] integers:
                foreach (long integer in integers)
                    message.Integer(8, integer);
                return message.Integer(20, 7);
            default: throw new InvalidOperationException($"attribute '{attribute.Name}' has no value.");
        }
    }

    private static ProtoMessage DeclarationMessage(ValueDeclaration declaration)
    {
        var shape = new ProtoMessage();
        foreach (var dimension in declaration.Shape)
        {
            shape.Nested(1, dimension.Name is null
                ? new ProtoMessage().Integer(1, dimension.Length)
                : new ProtoMessage().Text(2, dimension.Name));
        }

        var tensor = new ProtoMessage().Integer(1, (long)declaration.Type).Nested(2, shape);
        return new ProtoMessage().Text(1, declaration.Name).Nested(2, new ProtoMessage().Nested(1, tensor));
    }
}

/// <summary>Settings of an ONNX file.</summary>
public sealed record OnnxFile
{
    /// <summary>Protobuf can't hold more than 2 GiB; some room is left for what is not weights.</summary>
    public const long LargestInlineBytes = int.MaxValue - (64L << 20);

    /// <summary>Operator set. 17 brings LayerNormalization.</summary>
    public int Opset { get; init; } = 17;

    /// <summary>With more bytes of weights than this, large weights go into a second file beside the model.</summary>
    public long ExternalDataThreshold { get; init; } = LargestInlineBytes;

    /// <summary>Weights up to this many bytes stay inside the model even where the others are external.</summary>
    public long KeepInlineBytes { get; init; } = 1024;

    /// <summary>Where the files go; null for the file system.</summary>
    public IStorage? Storage { get; init; }

    /// <summary>Told of the bytes of weights as they are written.</summary>
    public Action<long>? Written { get; init; }
}
