using System.Buffers.Binary;
using System.Text;
using UniM2Rec.Diagnostics;
using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

/// <summary>One test a class of malformed file; each gets its own sentence.</summary>
public sealed class SafeTensorsMalformedTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_file_shorter_than_the_header_length() => AssertRefused([1, 2, 3], "is 3 bytes long; expected at least 8");

    [Fact]
    public void An_empty_file() => AssertRefused([], "is 0 bytes long; expected at least 8");

    [Fact]
    public void A_header_longer_than_any_header() =>
        AssertRefused([.. BitConverter.GetBytes(ulong.MaxValue), 1], "announces a header of 18446744073709551615 bytes; expected at most");

    [Fact]
    public void A_header_that_the_file_does_not_hold() =>
        AssertRefused([.. BitConverter.GetBytes(1000UL), (byte)'{', (byte)'}'], "announces a header of 1000 bytes but is only 10 bytes long");

    [Fact]
    public void A_header_that_is_not_utf8() =>
        AssertRefused([.. BitConverter.GetBytes(4UL), (byte)'{', 0xFF, 0xFE, (byte)'}'], "not UTF-8");

    [Fact]
    public void A_header_that_is_not_json() => AssertRefused("{not json", 0, "that is not JSON");

    [Fact]
    public void A_header_with_text_after_the_object() => AssertRefused("{} {}", 0, "that is not JSON");

    [Fact]
    public void A_header_that_is_no_object() => AssertRefused("[1]", 0, "no object");

    [Fact]
    public void A_header_nested_too_deep() =>
        AssertRefused(new string('[', 10_000) + new string(']', 10_000), 0, "that is not JSON");

    [Fact]
    public void Metadata_that_are_not_texts() => AssertRefused("""{"__metadata__":{"a":1}}""", 0, "__metadata__ that are not texts");

    [Fact]
    public void A_name_given_twice() => AssertRefused(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "names 'a' twice");

    [Theory]
    [InlineData("""{"a":{"shape":[1],"data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","data_offsets":[0,1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}""")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1.5]}}""")]
    [InlineData("""{"a":7}""")]
    public void A_tensor_without_its_three_entries(string header) => AssertRefused(header, 1, "describes tensor 'a' without a proper dtype");

    [Theory]
    [InlineData("F128")]
    [InlineData("f32")]
    [InlineData("9")]
    public void An_unknown_dtype(string type) =>
        AssertRefused($$$"""{"a":{"dtype":"{{{type}}}","shape":[1],"data_offsets":[0,1]}}""", 1, $"the dtype '{type}'; expected one of BOOL");

    [Theory]
    [InlineData("[-1]")]
    [InlineData("[4611686018427387904,4611686018427387904]")]
    [InlineData("[1e30]")]
    [InlineData("[\"1\"]")]
    public void A_shape_that_is_negative_or_overflows(string shape) =>
        AssertRefused($$$"""{"a":{"dtype":"F32","shape":{{{shape}}},"data_offsets":[0,4]}}""", 4, "the shape");

    [Theory]
    [InlineData("[0,9]")]
    [InlineData("[4,0]")]
    [InlineData("[-4,0]")]
    [InlineData("[9223372036854775804,9223372036854775807]")]
    public void Offsets_outside_the_payload(string offsets) =>
        AssertRefused($$$"""{"a":{"dtype":"F32","shape":[1],"data_offsets":{{{offsets}}}}}""", 4, "expected a range inside the payload of 4 bytes");

    [Fact]
    public void A_length_that_does_not_fit_dtype_and_shape() =>
        AssertRefused("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "4 bytes; expected 8");

    [Fact]
    public void Tensors_over_each_other() => AssertRefused(
        """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6,
        "tensors 'a' and 'b' over each other");

    [Fact]
    public void A_hole_between_tensors() => AssertRefused(
        """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}""", 4,
        "bytes 1 to 3 of its payload in no tensor");

    [Fact]
    public void Bytes_after_the_last_tensor() =>
        AssertRefused("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 9, "bytes 1 to 9 of its payload in no tensor");

    [Fact]
    public void A_file_that_was_cut_off() =>
        AssertRefused("""{"a":{"dtype":"F32","shape":[100],"data_offsets":[0,400]}}""", 399, "inside the payload of 399 bytes");

    [Fact]
    public void A_file_that_does_not_exist() =>
        Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => SafeTensorsFile.Open(folder["none"])).Message);

    [Fact]
    public void Random_damage_to_the_header_never_escapes_as_another_exception()
    {
        SafeTensorsWriter.Save(folder["good"], [SafeTensor.From<float>("w", [2], [1f, 2f]), SafeTensor.From<byte>("b", [3], [1, 2, 3])]);
        byte[] good = File.ReadAllBytes(folder["good"]);
        var random = new Random(3);
        int refused = 0;
        for (int trial = 0; trial < 500; trial++)
        {
            byte[] bad = [.. good];
            for (int change = random.Next(1, 4); change > 0; change--)
                bad[random.Next(0, bad.Length - 11)] = (byte)random.Next(256);
            string path = folder.Write("bad", bad);
            try
            {
                SafeTensorsFile.Open(path).Dispose();
            }
            catch (UserErrorException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 250, 500);
    }

    private void AssertRefused(string header, int payload, string message)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        AssertRefused([.. length, .. json, .. new byte[payload]], message);
    }

    private void AssertRefused(byte[] bytes, string message)
    {
        string path = folder.Write("bad.safetensors", bytes);
        string found = Assert.Throws<UserErrorException>(() => SafeTensorsFile.Open(path)).Message;
        Assert.Contains(message, found);
        Assert.Contains(path, found);
    }
}
