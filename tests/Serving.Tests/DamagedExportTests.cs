using System.Runtime.InteropServices;
using UniM2Rec.SafeTensors;
using UniM2Rec.Serving.Model;
using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests;

/// <summary>Exports whose files say something else than they should, with checksums that fit: refused in a sentence, or served without leaving the files.</summary>
public sealed class DamagedExportTests : IDisposable
{
    private readonly TinyMarket _market = new(users: 40);

    public void Dispose() => _market.Dispose();

    [Theory]
    [InlineData("unim2rec-plus")]
    [InlineData("missrec")]
    public void Every_index_that_leads_outside_is_found_when_the_model_is_opened(string preset)
    {
        var run = new ExportedRun(_market, preset, preset);
        run.Write();
        int refused = 0, tried = 0;
        foreach (string path in Directory.GetFiles(run.Export, "*.safetensors"))
        {
            byte[] sound = File.ReadAllBytes(path);
            using var file = SafeTensorsFile.Open(path);
            foreach (var entry in file.Entries.Where(e => e.Type is SafeTensorType.I32 or SafeTensorType.I64 && e.ByteLength > 0))
            {
                foreach (int value in new[] { int.MinValue, -2, 1_000_000, int.MaxValue })
                {
                    byte[] damaged = [.. sound];
                    var bytes = damaged.AsSpan((int)(file.PayloadOffset + entry.Offset), (int)entry.ByteLength);
                    int at = new Random(tried++).Next((int)entry.Count);
                    if (entry.Type == SafeTensorType.I32) MemoryMarshal.Cast<byte, int>(bytes)[at] = value;
                    else MemoryMarshal.Cast<byte, long>(bytes)[at] = value;
                    if (Refuses(run.Export, path, damaged)) refused++;
                    else Assert.Fail($"{entry.Name}[{at}] = {value} of {Path.GetFileName(path)} was not refused");
                }
            }

            File.WriteAllBytes(path, sound);
        }

        Assert.True(refused > 10);
    }

    [Fact]
    public void Items_that_are_fewer_more_or_outside_are_refused()
    {
        var run = new ExportedRun(_market, "run", "unim2rec");
        run.Write();
        string path = Path.Combine(run.Export, "items.csv");
        string[] lines = File.ReadAllLines(path);
        foreach (string[] damaged in new[] { lines[..^1], [.. lines, "music,more,,,,"], [.. lines[..^1], lines[1]], [.. lines[..^1], "music,out,,,,../../etc/passwd"], [.. lines.Skip(1), "x,y,z,,,"] })
            Assert.True(Refuses(run.Export, path, System.Text.Encoding.UTF8.GetBytes(string.Join('\n', damaged) + "\n")), damaged[^1]);
    }

    [Fact]
    public void Features_of_other_items_in_place_of_the_content_are_refused()
    {
        var run = new ExportedRun(_market, "run", "unim2rec", "collaborative.content=true");
        run.Write();
        string path = Path.Combine(run.Export, "content.safetensors");
        byte[] sound = File.ReadAllBytes(path);
        Assert.True(Refuses(run.Export, path, OneTensor(47, 8)));
        Assert.True(Refuses(run.Export, path, OneTensor(48, 0)));
        Assert.False(Refuses(run.Export, path, sound));
        File.Delete(path);
        Assert.Throws<UserErrorException>(() => ServedModel.Open(run.Export));

        byte[] OneTensor(int items, int width)
        {
            string file = Path.Combine(_market.Folder, "other.safetensors");
            SafeTensorsWriter.Save(file, [new SafeTensor("content", SafeTensorType.F32, [items, width], new byte[4 * items * width])]);
            return File.ReadAllBytes(file);
        }
    }

    [Fact]
    public void Another_model_in_place_of_the_user_side_is_refused()
    {
        var run = new ExportedRun(_market, "run", "unim2rec");
        run.Write();
        var other = new ExportedRun(_market, "other", "missrec");
        other.Write();
        string path = Path.Combine(run.Export, "user-tower.onnx");
        Assert.True(Refuses(run.Export, path, File.ReadAllBytes(Path.Combine(other.Export, "user-tower.onnx"))));
        Assert.True(Refuses(run.Export, path, [1, 2, 3]));
    }

    /// <summary>Puts a file into an export, with its checksum, and opens it.</summary>
    private static bool Refuses(string export, string path, byte[] content)
    {
        File.WriteAllBytes(path, content);
        var manifest = RecommenderManifest.Load(export);
        (manifest with { Files = manifest.Files.ToDictionary(f => f.Key, f => f.Key == Path.GetFileName(path) ? ExportedFile.Of(path) : f.Value) }).Save(export);
        try
        {
            using var model = ServedModel.Open(export, threads: 1);
            return false;
        }
        catch (UserErrorException error)
        {
            Assert.Contains("export", error.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
            return true;
        }
    }
}
