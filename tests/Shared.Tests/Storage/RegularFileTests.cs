using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using UniM2Rec.Catalogue;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.SafeTensors;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Storage;

/// <summary>What is read is a regular file: a pipe would block for ever, a device may never end.</summary>
public sealed class RegularFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> KindsAndReaders()
    {
        var data = new TheoryData<string, string>();
        foreach (string kind in new[] { "pipe", "link to a pipe", "device", "socket", "folder" })
        {
            foreach (string reader in new[] { "file", "safetensors", "config", "dataset.json", "items.csv", "store.json", "item table", "shard", "verify", "merge" })
                data.Add(kind, reader);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(KindsAndReaders))]
    public async Task Anything_but_a_regular_file_is_refused_in_one_sentence_and_never_waited_for(string kind, string reader)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells these kinds apart here");
        string path = Prepare(reader);
        string word = await Put(kind, path);

        var reading = Task.Run(() => Assert.Throws<UserErrorException>(() => Read(reader, path)), TestContext.Current.CancellationToken);
        var error = await reading.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"is {word}; expected a regular file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_text_that_no_path_can_be_is_refused(string path) =>
        Assert.Contains("expected a", Assert.Throws<UserErrorException>(() => RegularFile.Open(path, "a file")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_longer_than_what_it_is_said_to_be_is_refused_before_it_is_read()
    {
        string path = _folder["sparse.json"];
        using (var file = File.Create(path)) file.SetLength(1L << 40);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<UserErrorException>(() => JsonConfig.Load<Settings>(path, []));
        Assert.Contains($"is {1L << 40} bytes long or more; expected a JSON config file of at most {JsonFile.Most} bytes", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("\"\\ud800\"", "no Unicode")]
    [InlineData("{\"a\": [{\"\\udc00x\": 1}]}", "no Unicode")]
    [InlineData("{", "end of the JSON")]
    public void Json_that_holds_no_texts_is_refused_by_the_exception_for_json(string json, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<JsonException>(() => JsonFile.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused() =>
        Assert.Contains("not UTF-8", Assert.ThrowsAny<JsonException>(() => JsonFile.Parse(new byte[] { (byte)'"', 0xC3, (byte)'"' })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_mark_and_sixteen_bits_are_read()
    {
        string utf8 = _folder.Write("a.json", [0xEF, 0xBB, 0xBF, .. "{\"name\": \"é\"}"u8]);
        string utf16 = _folder.Write("b.json", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("{\"name\": \"é\"}")]);
        Assert.Equal("é", JsonConfig.Load<Settings>(utf8, []).Name);
        Assert.Equal("é", JsonConfig.Load<Settings>(utf16, []).Name);
    }

    [Fact]
    public void An_error_is_short_whatever_it_quotes()
    {
        string path = _folder.Write("long.json", $"{{\"{new string('x', 10_000_000)}\": 1}}");
        var error = Assert.Throws<UserErrorException>(() => JsonConfig.Load<Settings>(path, []));
        Assert.InRange(error.Message.Length, 100, 1000);
        Assert.Contains("unknown key 'xxx", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("known here: name.", error.Message, StringComparison.Ordinal);
        Assert.Equal("a\\u001b[2Jb", new UserErrorException("a\u001b[2Jb").Message);
        Assert.InRange(new UserErrorException(new string('y', 1_000_000)).Message.Length, 4000, 4100);
    }

    private sealed record Settings
    {
        public string Name { get; set; } = "";
    }

    private string Prepare(string reader)
    {
        SampleStore.Write(_folder["store"], SampleStore.Items());
        SampleStore.Write(_folder["part"], SampleStore.Items(), new StorePartition(1, 1));
        _folder.Write("shop/dataset.json", """{"name": "shop", "domains": ["home"]}""");
        _folder.Write("shop/home/items.csv", "item_id\na\n");
        string path = reader switch
        {
            "dataset.json" => _folder["shop/dataset.json"],
            "items.csv" => _folder["shop/home/items.csv"],
            "store.json" => _folder["store/" + StoreLayout.ManifestFile],
            "item table" or "verify" => _folder["store/" + StoreLayout.ItemTableFile],
            "shard" => _folder["store/" + StoreLayout.Shard(SampleStore.Text, 1)],
            "merge" => _folder["part/" + StoreLayout.ItemTableFile],
            _ => _folder["file"],
        };
        File.Delete(path);
        return path;
    }

    private static void Read(string reader, string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        switch (reader)
        {
            case "file": RegularFile.Open(path, "a file").Dispose(); break;
            case "safetensors": SafeTensorsFile.Open(path).Dispose(); break;
            case "config": JsonConfig.Load<Settings>(path, []); break;
            case "dataset.json": Dataset.Open(folder); break;
            case "items.csv": Dataset.Open(Path.GetDirectoryName(folder)!).ComputeFingerprint(); break;
            case "merge": FeatureStoreMerger.Merge([folder], folder + "-whole", Progress.None, CancellationToken.None); break;
            case "verify":
                throw new UserErrorException(Assert.Single(FeatureStoreVerifier.Verify(folder, Progress.None, CancellationToken.None).Problems));
            default: FeatureStore.Open(folder).Dispose(); break;
        }
    }

    private async Task<string> Put(string kind, string path)
    {
        switch (kind)
        {
            case "device":
                File.CreateSymbolicLink(path, "/dev/zero");
                return "a device";
            case "folder":
                Directory.CreateDirectory(path);
                return "a folder";
            case "socket":
                using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                {
                    // The path of a socket is short, and closing it would remove the path.
                    socket.Bind(new UnixDomainSocketEndPoint(_folder["s"]));
                    File.CreateSymbolicLink(path, _folder["moved"]);
                    File.Move(_folder["s"], _folder["moved"]);
                }
                return "a socket or a disk";
            default:
                string pipe = kind == "pipe" ? path : _folder["fifo"];
                using (var made = Process.Start("mkfifo", [pipe])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
                if (kind != "pipe")
                    File.CreateSymbolicLink(path, pipe);
                return "a pipe";
        }
    }
}
