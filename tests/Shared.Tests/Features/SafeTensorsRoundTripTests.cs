using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

public sealed class SafeTensorsRoundTripTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_tensors_and_metadata_come_back_as_they_were()
    {
        var random = new Random(11);
        for (int trial = 0; trial < 200; trial++)
        {
            SafeTensor[] tensors = [.. Enumerable.Range(0, random.Next(0, 6)).Select(index => RandomTensor(random, index))];
            var metadata = Enumerable.Range(0, random.Next(0, 4)).ToDictionary(index => $"key {index} \"é\"", _ => RandomText(random));
            SafeTensorsWriter.Save(folder["t.safetensors"], tensors, metadata);

            using var file = SafeTensorsFile.Open(folder["t.safetensors"]);
            Assert.Equal(0, file.PayloadOffset % 64);
            Assert.Equal(metadata.OrderBy(pair => pair.Key), file.Metadata.OrderBy(pair => pair.Key));
            Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), file.Names.Order());
            foreach (var tensor in tensors)
            {
                Assert.Equal((tensor.Type, tensor.Data.Length), (file.Entry(tensor.Name).Type, (int)file.Entry(tensor.Name).ByteLength));
                Assert.Equal(tensor.Shape, file.Entry(tensor.Name).Shape);
                Assert.True(file.Bytes(tensor.Name).SequenceEqual(tensor.Data.Span));
            }
        }
    }

    [Fact]
    public void The_bytes_are_those_of_the_specification()
    {
        SafeTensorsWriter.Save(folder["t.safetensors"], [SafeTensor.From<float>("w", [2, 1], [1f, -2f])], new Dictionary<string, string> { ["a"] = "b" });
        byte[] bytes = File.ReadAllBytes(folder["t.safetensors"]);
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        Assert.Equal("""{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}""",
            Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal([1f, -2f], MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + length)).ToArray());
    }

    [Fact]
    public void Half_brain_single_and_double_are_read_as_singles()
    {
        float[] values = [0f, 1f, -2.5f, 65504f, 0.0009765625f];
        SafeTensorsWriter.Save(folder["t.safetensors"],
        [
            SafeTensor.From<Half>("half", [5], [.. values.Select(value => (Half)value)]),
            new SafeTensor("brain", SafeTensorType.BF16, [5],
                MemoryMarshal.AsBytes<ushort>([.. values.Select(value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16))]).ToArray()),
            SafeTensor.From<float>("single", [5], values),
            SafeTensor.From<double>("double", [5], [.. values.Select(value => (double)value)]),
            SafeTensor.From<long>("whole", [2], [1L << 40, -1]),
        ]);
        using var file = SafeTensorsFile.Open(folder["t.safetensors"]);
        Assert.Equal(values, file.ReadSingles("half"));
        Assert.Equal([0f, 1f, -2.5f, 65280f, 0.0009765625f], file.ReadSingles("brain"));
        Assert.Equal(values, file.ReadSingles("single"));
        Assert.Equal(values, file.ReadSingles("double"));
        Assert.Equal([1L << 40, -1], file.Span<long>("whole").ToArray());
        float[] part = new float[2];
        file.CopyTo("half", 2, part);
        Assert.Equal([-2.5f, 65504f], part);
    }

    [Fact]
    public void A_tensor_that_is_not_aligned_is_read_all_the_same()
    {
        SafeTensorsWriter.Save(folder["t.safetensors"], [SafeTensor.From<byte>("a", [1], [7]), SafeTensor.From<float>("b", [2], [1f, 2f])]);
        using var file = SafeTensorsFile.Open(folder["t.safetensors"]);
        Assert.Equal([1f, 2f], file.Span<float>("b").ToArray());
        Assert.Equal([1f, 2f], file.ReadSingles("b"));
    }

    [Fact]
    public void A_tensor_that_is_not_there_or_of_another_type_is_refused_by_name()
    {
        SafeTensorsWriter.Save(folder["t.safetensors"], [SafeTensor.From<long>("ids", [1], [7])]);
        using var file = SafeTensorsFile.Open(folder["t.safetensors"]);
        Assert.Contains("no tensor 'idz' (did you mean 'ids'?)", Assert.Throws<UserErrorException>(() => file.Entry("idz")).Message);
        Assert.Contains("I64; expected F32", Assert.Throws<UserErrorException>(() => file.Span<float>("ids").Length).Message);
        Assert.Contains("I64; expected a floating-point type", Assert.Throws<UserErrorException>(() => file.ReadSingles("ids")).Message);
    }

    [Fact]
    public void The_writer_refuses_payload_that_was_not_declared()
    {
        var writer = new SafeTensorsWriter(new MemoryStream());
        writer.Declare("a", SafeTensorType.F32, [2]);
        Assert.Throws<ArgumentException>(() => writer.Declare("a", SafeTensorType.U8, [1]));
        writer.Write<float>([1f]);
        Assert.Throws<InvalidOperationException>(writer.Complete);
        Assert.Throws<ArgumentException>(() => writer.Write<float>([1f, 2f]));
    }

    private static SafeTensor RandomTensor(Random random, int index)
    {
        var type = (SafeTensorType)random.Next(Enum.GetValues<SafeTensorType>().Length);
        long[] shape = [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => (long)random.Next(0, 5))];
        byte[] data = new byte[shape.Aggregate((long)type.Size(), (product, length) => product * length)];
        random.NextBytes(data);
        return new SafeTensor($"layer.{index}/重み \"{RandomText(random)}\"", type, shape, data);
    }

    private static string RandomText(Random random) => new([.. Enumerable.Range(0, random.Next(0, 8)).Select(_ => (char)random.Next(1, 0xD7FF))]);
}
