using System.Text;
using System.Text.RegularExpressions;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;
using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Features;

/// <summary>
/// Headers that anyone may have written: each is read or refused in one short sentence, and nothing else happens. `./build.sh --target=Fuzz`
/// tries a million.
/// </summary>
public sealed class HeaderFuzzTests : IDisposable
{
    private const string Path = "/somewhere/file";

    private readonly TemporaryFolder _folder = new();
    private int _accepted;
    private int _refused;

    public HeaderFuzzTests() => SampleStore.Write(_folder.Path, SampleStore.Items());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Headers_of_safetensors_files()
    {
        byte[] shard = File.ReadAllBytes(_folder[StoreLayout.Shard(SampleStore.Text, 1)]), items = File.ReadAllBytes(_folder[StoreLayout.ItemTableFile]);
        var mutations = new HeaderMutations(1);
        int count = HeaderMutations.Count(9000, 0.6);
        for (int trial = 0; trial < count; trial++)
        {
            byte[] file = trial % 2 == 0 ? shard : items;
            int length = (int)BitConverter.ToUInt64(file);
            byte[] header = mutations.Next(file[8..(8 + length)]);
            long payload = file.Length - 8 - length;
            Try(trial, header, () =>
            {
                byte[] start = BitConverter.GetBytes(mutations.Pick(20) == 0 ? (ulong)mutations.Pick(int.MaxValue) << mutations.Pick(34) : (ulong)header.Length);
                int announced = SafeTensorsHeader.Length(start, 8 + header.Length + payload, Path);
                SafeTensorsHeader.Parse(header.AsSpan(0, Math.Min(announced, header.Length)), 8 + header.Length + payload, Path);
            });
        }
        AssertBoth(count, leastAccepted: 0.02);
    }

    [Fact]
    public void Manifests()
    {
        byte[] whole = File.ReadAllBytes(_folder[StoreLayout.ManifestFile]);
        // Of version 1, so that it is what the manifest says that is judged, and not its checksum.
        byte[] unsigned = Encoding.UTF8.GetBytes(Regex.Replace(Encoding.UTF8.GetString(whole), "\n  \"checksum\": \"[0-9a-f]{8}\",", "").Replace("\"version\": 3", "\"version\": 1", StringComparison.Ordinal));
        var mutations = new HeaderMutations(2);
        int count = HeaderMutations.Count(4000, 0.27);
        for (int trial = 0; trial < count; trial++)
        {
            byte[] manifest = mutations.Next(trial % 8 == 0 ? whole : unsigned);
            Try(trial, manifest, () => ManifestFile.Parse(manifest, Path));
        }
        AssertBoth(count, leastAccepted: 0.02);
    }

    [Fact]
    public void Item_tables_and_shards_of_which_every_row_is_read()
    {
        var manifest = ManifestFile.Read(_folder.Path);
        var modality = manifest.Modalities.Single(m => m.Name == "text");
        byte[][] files = [File.ReadAllBytes(_folder[manifest.ItemTable.File]), File.ReadAllBytes(_folder[modality.Shards[1].File])];
        var mutations = new HeaderMutations(3);
        int count = HeaderMutations.Count(1500, 0.1);
        for (int trial = 0; trial < count; trial++)
        {
            byte[] file = files[trial % 2];
            int length = 8 + (int)BitConverter.ToUInt64(file);
            byte[] header = mutations.Pick(2) == 0 ? mutations.Next(file[8..length]) : file[8..length], payload = mutations.Next(file[length..]);
            byte[] changed = [.. BitConverter.GetBytes((ulong)header.Length), .. header, .. payload];
            var checksums = new BlockChecksums(StoreLayout.BlockBytes);
            checksums.Append(changed);
            string path = _folder.Write("changed", changed);
            if (trial % 2 == 0)
                Try(trial, changed, () => ReadItems(manifest with { ItemTable = manifest.ItemTable with { File = "changed", Bytes = changed.Length, Crc32c = checksums.Finish() } }));
            else
                Try(trial, changed, () => ReadShard(manifest, modality, modality.Shards[1] with { File = "changed", Bytes = changed.Length, Crc32c = checksums.Finish() }));
        }
        AssertBoth(count, leastAccepted: 0.01);
    }

    private void ReadItems(StoreManifest manifest)
    {
        using var items = new ItemTableFile(_folder.Path, manifest);
        for (int row = 0; row < manifest.Rows; row++)
            items.Find(manifest.Domains[row % 2].Name, items.Id(row));
        items.Find("film", "no such film");
    }

    private unsafe void ReadShard(StoreManifest manifest, ManifestModality modality, ManifestShard shard)
    {
        using var rows = new MappedShard(_folder.Path, shard, modality.Specification(), manifest);
        byte sum = 0;
        for (int row = 0; row < shard.Rows; row++)
            sum += *(rows.Rows(row, 1) + (rows.IsPresent(row) ? modality.Width : 0));
        _ = rows.Note?.Length + sum;
    }

    private void Try(int trial, byte[] content, Action read)
    {
        try
        {
            read();
            _accepted++;
        }
        catch (UserErrorException refused)
        {
            _refused++;
            Assert.True(refused.Message.Length is >= 40 and <= 2500, $"trial {trial}: {refused.Message.Length} characters, {refused.Message[..Math.Min(300, refused.Message.Length)]}");
            Assert.DoesNotContain('\n', refused.Message);
        }
        catch (Exception other)
        {
            Assert.Fail($"trial {trial}, {Convert.ToBase64String(content)}: {other}");
        }
    }

    private void AssertBoth(int count, double leastAccepted)
    {
        Assert.Equal(count, _accepted + _refused);
        Assert.InRange(_accepted, (int)(count * leastAccepted), count);
        Assert.InRange(_refused, count / 2, count);
    }
}
