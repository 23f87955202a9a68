using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.FeatureImport;

/// <summary>The command, over files as other programs write them: six items, vectors of three numbers.</summary>
[Collection("console")]
public sealed class ImportFeaturesTests : IDisposable
{
    private const int Items = 6;
    private const int Width = 3;
    private readonly TemporaryFolder _folder = new();

    public ImportFeaturesTests()
    {
        _folder.Write("shop/dataset.json", """{"name": "shop", "domains": ["tea"]}""");
        _folder.Write("shop/tea/items.csv", "item_id,title\n" + string.Concat(Enumerable.Range(0, Items).Select(i => $"t{i},tea {i}\n")));
        _folder.Write("shop/tea/interactions.csv", "user_id,item_id,timestamp\nu,t0,1\n");
        _folder.Write("ids.txt", string.Concat(Enumerable.Range(0, Items).Select(i => $"t{i}\n")));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("<f4", false)]
    [InlineData("<f4", true)]
    [InlineData(">f4", false)]
    [InlineData(">f8", true)]
    [InlineData(">f2", true)]
    [InlineData("<f8", false)]
    public async Task Numpy_matrices_of_either_order_of_bytes_and_axes_are_the_same(string type, bool isFortran)
    {
        _folder.Write("v.npy", Npy(type, isFortran, Matrix()));
        await Import("v.npy");
        Assert.Equal(Matrix(), Stored());
    }

    [Fact]
    public async Task A_matrix_of_an_archive_is_found_by_its_name()
    {
        using (var archive = new ZipArchive(File.Create(_folder["v.npz"]), ZipArchiveMode.Create))
        {
            foreach (var (name, sign) in new[] { ("other", -1f), ("tea", 1f) })
            {
                using var entry = archive.CreateEntry(name + ".npy").Open();
                entry.Write(Npy("<f4", isFortran: true, [.. Matrix().Select(v => sign * v)]));
            }
        }

        Assert.Contains("holds 2 arrays (other, tea); name one by --tensor", await Refused("v.npz"), StringComparison.Ordinal);
        await Import("v.npz", "--tensor", "tea");
        Assert.Equal(Matrix(), Stored());
        Assert.Contains("--overwrite", await Refused("v.npz", "--tensor", "other"), StringComparison.Ordinal);
        await Import("v.npz", "--tensor", "other", "--overwrite");
        Assert.Equal(Matrix().Select(v => -v), Stored());
    }

    [Fact]
    public async Task An_archive_is_unpacked_no_further_than_a_limit()
    {
        Archive("v.npz", Npy("<f4", isFortran: false, Matrix()), CompressionLevel.Optimal);
        using (var matrix = NpyMatrix.OpenArchive(_folder["v.npz"], null, mostUnpacked: 200))
            Assert.Equal(Items, matrix.Rows);
        Assert.Contains("array 'tea' unpacks to 200 bytes, but at most 199", Assert.Throws<UserErrorException>(() => NpyMatrix.OpenArchive(_folder["v.npz"], null, mostUnpacked: 199)).Message, StringComparison.Ordinal);

        // What is declared is believed where it says that the array is too large, without unpacking anything.
        ZipDirectory.DeclareLength(_folder["v.npz"], "tea.npy", 3_000_000_000);
        Assert.Contains("unpacks to 3,000,000,000 bytes", Assert.Throws<UserErrorException>(() => NpyMatrix.OpenArchive(_folder["v.npz"], null, mostUnpacked: 1 << 20)).Message, StringComparison.Ordinal);
        Assert.Contains("is not a whole .npz archive", await Refused("v.npz"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CompressionLevel.Optimal, 199, "tea.npy has the checksum")]
    [InlineData(CompressionLevel.Optimal, 201, "fewer than the 201 bytes that it declares")]
    [InlineData(CompressionLevel.NoCompression, 201, "")]
    public async Task An_archive_that_declares_another_length_than_it_has_is_refused(CompressionLevel level, uint declared, string message)
    {
        Archive("v.npz", Npy("<f4", isFortran: false, Matrix()), level);
        ZipDirectory.DeclareLength(_folder["v.npz"], "tea.npy", declared);
        string refused = await Refused("v.npz");
        Assert.Contains("is not a whole .npz archive", refused, StringComparison.Ordinal);
        Assert.Contains(message, refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_bit_in_an_archive_is_refused()
    {
        Archive("v.npz", Npy("<f4", isFortran: false, Matrix()), CompressionLevel.NoCompression);
        byte[] sound = File.ReadAllBytes(_folder["v.npz"]);
        int payload = sound.AsSpan().IndexOf((byte)0x93) + 128;
        for (int at = payload; at < payload + (Items * Width * sizeof(float)); at += 7)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(_folder["v.npz"], damaged);
            Assert.Contains("tea.npy has the checksum", await Refused("v.npz"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("v.csv", ",", "")]
    [InlineData("v.csv", ";", "a;b;c\n")]
    [InlineData("v.tsv", "\t", "0\t1\t2\n")]
    [InlineData("v.txt", " ", "")]
    public async Task Text_with_a_vector_a_line_is_read(string name, string separator, string header)
    {
        _folder.Write(name, header + string.Concat(Matrix().Chunk(Width).Select(row => string.Join(separator, row.Select(v => FormattableString.Invariant($"{v:E6}"))) + "\n")));
        await Import(name);
        Assert.Equal(Matrix(), Stored());
    }

    [Theory]
    [InlineData("1,2,3\n1,2\n", "line 2 has 2 fields, but the lines before have 3")]
    [InlineData("1,2,3\nt1,2,3\n", "line 2: field 1 is 't1'")]
    [InlineData(",0,1,2\n0,1,2,3\n", "index=False")]
    [InlineData("a,b,c\n", "has no rows")]
    public async Task Text_that_holds_something_else_is_refused(string text, string message)
    {
        _folder.Write("v.csv", text);
        Assert.Contains(message, await Refused("v.csv"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MatrixType.Single, "float32")]
    [InlineData(MatrixType.Double, "float64")]
    [InlineData(MatrixType.Half, "float16")]
    public async Task Bare_numbers_need_width_and_type(MatrixType type, string dtype)
    {
        _folder.Write("v.bin", Bytes(type, Matrix()));
        Assert.Contains("--width", await Refused("v.bin"), StringComparison.Ordinal);
        await Import("v.bin", "--width", "3", "--dtype", dtype);
        Assert.Equal(Matrix(), Stored());
    }

    [Fact]
    public async Task Numbers_of_another_type_or_width_do_not_pass_unnoticed()
    {
        _folder.Write("v.bin", Bytes(MatrixType.Double, Matrix()));
        Assert.Contains("numbers of float64 would fit, so give --dtype float64", await Refused("v.bin", "--width", "3"), StringComparison.Ordinal);
        _folder.Write("v.bin", MemoryMarshal.AsBytes<double>(Enumerable.Range(1, Items * Width).Select(i => i / 7.0).ToArray()).ToArray());
        Assert.Contains("of its numbers are below 1E-15 or above 1E+10", await Import("v.bin", "--width", "6"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v.bin", new byte[] { 0x50, 0x4B, 3, 4, 0, 0 }, "begins as a .npz or .zip file does")]
    [InlineData("v.bin", new byte[] { 0x80, 4, 0x95, 0 }, "begins as a Python pickle does")]
    [InlineData("v.PT", new byte[] { 1 }, "is a .pt file")]
    [InlineData("v.npz", new byte[] { 1, 2, 3 }, "is not a whole .npz archive")]
    [InlineData("v.npy", new byte[] { 1, 2, 3 }, "does not begin as a .npy file")]
    public async Task Other_containers_are_refused_by_name(string name, byte[] bytes, string message)
    {
        _folder.Write(name, bytes);
        Assert.Contains(message, await Refused(name, "--width", "1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN, "item 't2': number 3 of 3 is NaN", "float32")]
    [InlineData(float.NegativeInfinity, "item 't2': number 3 of 3 is infinite", "float32")]
    [InlineData(70000f, "item 't2': number 3 of 3 is 70000, which float16 can't hold", "float16")]
    public async Task A_vector_that_cannot_be_stored_is_one_reject_named_by_its_item(float number, string reason, string type)
    {
        float[] matrix = Matrix();
        matrix[8] = number;
        _folder.Write("v.npy", Npy("<f4", isFortran: false, matrix));

        Assert.Contains($"1 of 6 rows were rejected, which is more than 1% (first: {_folder["v.npy"]} line 3: {reason})", await Refused("v.npy", "--store-dtype", type), StringComparison.Ordinal);
        Assert.Contains("5 of 6 items have a vector", await Import(3, "v.npy", "--store-dtype", type, "--max-reject-rate", "0.2"), StringComparison.Ordinal);
        Assert.EndsWith(reason, File.ReadAllLines(_folder["store/text.rejects.csv"])[1].Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        using var store = FeatureStore.Open(_folder["store"]);
        Assert.False(store.Modality("text").IsPresent(2));
    }

    [Fact]
    public async Task A_refused_import_leaves_nothing_but_the_list_of_what_was_refused()
    {
        float[] matrix = Matrix();
        _folder.Write("v.npy", Npy("<f4", isFortran: false, matrix));
        await Refused("v.npy", "--width", "7");
        await Refused("v.npy", "--domain", "nowhere");
        Assert.False(Directory.Exists(_folder["store"]));

        matrix[8] = float.NaN;
        _folder.Write("v.npy", Npy("<f4", isFortran: false, matrix));
        Assert.Contains(_folder["store/text.rejects.csv"], await Refused("v.npy"), StringComparison.Ordinal);
        Assert.Equal([_folder["store/text.rejects.csv"]], Directory.GetFileSystemEntries(_folder["store"]));

        // A store that is there keeps its list, whatever is refused.
        await Import(3, "v.npy", "--max-reject-rate", "0.2");
        string list = File.ReadAllText(_folder["store/text.rejects.csv"]);
        await Refused("v.npy", "--max-reject-rate", "0.2", "--shard-rows", "4");
        Assert.Equal(list, File.ReadAllText(_folder["store/text.rejects.csv"]));
    }

    [Fact]
    public async Task Vectors_that_tell_nothing_are_warned_of()
    {
        _folder.Write("v.npy", Npy("<f4", isFortran: false, new float[Items * Width]));
        Assert.Contains("all vectors are zero", await Import("v.npy"), StringComparison.Ordinal);
        _folder.Write("v.npy", Npy("<f4", isFortran: false, [.. Enumerable.Repeat(0.5f, Items * Width)]));
        Assert.Contains("all 6 vectors are the same", await Import("v.npy", "--overwrite"), StringComparison.Ordinal);
        _folder.Write("v.npy", Npy("<f4", isFortran: false, [0, 0, 0, .. Matrix()[Width..]]));
        Assert.Contains("1 vectors are zero; their items count as without text", await Import("v.npy", "--overwrite"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Imported_vectors_are_replaced_by_no_run_that_does_not_ask_for_it()
    {
        _folder.Write("v.npy", Npy("<f4", isFortran: false, Matrix()));
        await Import("v.npy");
        string[] run = ["run", "--dataset", _folder["shop"], "--out", _folder["store"], "--text", "text-hash", "--no-image", "--no-cross"];

        var (refused, _, why) = await ProgramRun.Of(run);
        Assert.Equal(1, refused);
        Assert.Contains("was imported (v.npy)", why, StringComparison.Ordinal);
        Assert.Contains("--no-text", why, StringComparison.Ordinal);
        Assert.Equal(1, (await ProgramRun.Of([.. run, "--start-over"])).Code);
        Assert.Equal(Matrix(), Stored());

        // A shard whose header can't be read does not say that it was imported, and is not deleted either.
        string shard = Assert.Single(Directory.GetFiles(_folder["store"], "text-*.safetensors"));
        byte[] whole = File.ReadAllBytes(shard);
        File.WriteAllBytes(shard, [.. new byte[16], .. whole[16..]]);
        Assert.Equal(1, (await ProgramRun.Of([.. run, "--start-over"])).Code);
        File.WriteAllBytes(shard, whole);
        Assert.Equal(Matrix(), Stored());

        Assert.Equal(0, (await ProgramRun.Of([.. run, "--overwrite"])).Code);
        using var store = FeatureStore.Open(_folder["store"]);
        Assert.Equal("text-hash", store.Modality("text").EncoderName);
    }

    [Fact]
    public async Task A_store_of_another_catalogue_is_refused_with_advice_that_this_verb_has()
    {
        _folder.Write("v.npy", Npy("<f4", isFortran: false, Matrix()));
        await Import("v.npy");
        Assert.Contains("give that number by --shard-rows", await Refused("v.npy", "--shard-rows", "4"), StringComparison.Ordinal);
    }

    public enum MatrixType
    {
        Half,
        Single,
        Double,
    }

    private static float[] Matrix() => [.. Enumerable.Range(0, Items * Width).Select(i => i % 2 == 0 ? i + 0.5f : -i)];

    private static byte[] Bytes(MatrixType type, float[] matrix) => type switch
    {
        MatrixType.Half => MemoryMarshal.AsBytes<Half>(matrix.Select(v => (Half)v).ToArray()).ToArray(),
        MatrixType.Single => MemoryMarshal.AsBytes<float>(matrix).ToArray(),
        _ => MemoryMarshal.AsBytes<double>(matrix.Select(v => (double)v).ToArray()).ToArray(),
    };

    private static byte[] Npy(string type, bool isFortran, float[] matrix)
    {
        float[] laid = isFortran ? [.. Enumerable.Range(0, Width).SelectMany(c => Enumerable.Range(0, Items).Select(r => matrix[r * Width + c]))] : matrix;
        int size = type[2] - '0';
        byte[] payload = Bytes(size == 2 ? MatrixType.Half : size == 4 ? MatrixType.Single : MatrixType.Double, laid);
        if (type[0] == '>')
        {
            for (int at = 0; at < payload.Length; at += size)
                payload.AsSpan(at, size).Reverse();
        }

        string header = $"{{'descr': '{type}', 'fortran_order': {(isFortran ? "True" : "False")}, 'shape': ({Items}, {Width}), }}".PadRight(117) + "\n";
        byte[] length = new byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)header.Length);
        return [0x93, .. "NUMPY"u8, 1, 0, .. length, .. Encoding.ASCII.GetBytes(header), .. payload];
    }

    private void Archive(string name, byte[] array, CompressionLevel level)
    {
        using var archive = new ZipArchive(File.Create(_folder[name]), ZipArchiveMode.Create);
        using var entry = archive.CreateEntry("tea.npy", level).Open();
        entry.Write(array);
    }

    private float[] Stored()
    {
        using var store = FeatureStore.Open(_folder["store"]);
        float[] all = new float[Items * Width];
        for (int i = 0; i < Items; i++)
            store.Modality("text").ReadRow(store.FindRow("tea", $"t{i}"), all.AsSpan(i * Width, Width));
        return all;
    }

    private async Task<string> Refused(string file, params string[] more) => await Import(1, file, more);

    private async Task<string> Import(string file, params string[] more) => await Import(0, file, more);

    private async Task<string> Import(int expected, string file, params string[] more)
    {
        var (code, output, errors) = await ProgramRun.Of(
            ["import-features", "--dataset", _folder["shop"], "--out", _folder["store"], "--modality", "text", "--from", _folder[file], "--ids", _folder["ids.txt"], .. more]);
        Assert.True(code == expected, $"exit {code}: {errors}");
        return output + errors;
    }
}
