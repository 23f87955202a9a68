using System.Buffers.Binary;
using System.Text;
using UniM2Rec.Exported;
using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Exporting;

/// <summary>The folder of an export: whole or not there, never in the place of anything else, and its forms say the same.</summary>
public sealed class ExportFolderTests : IDisposable
{
    private readonly SmallRun _small = new();
    private readonly RunFolder _run;

    public ExportFolderTests() => _run = _small.Train("run", epochs: 1);

    public void Dispose() => _small.Dispose();

    [Fact]
    public void An_export_names_every_file_with_its_checksum_and_leaves_nothing_beside_it()
    {
        Assert.Equal(0, Export().Code);
        var manifest = RecommenderManifest.Load(_small["out"]);
        manifest.RequireWhole(_small["out"], CancellationToken.None);

        Assert.Equal(["items.csv", "items.safetensors", "user-tower.onnx"], manifest.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((12, 12, "unim2rec", "run"), (manifest.Items, manifest.Candidates, manifest.Model, manifest.Run));
        Assert.Equal(ExportedFile.Of(_run.Best).Sha256, manifest.Fingerprints.Weights);
        Assert.DoesNotContain(Directory.GetFileSystemEntries(Path.GetDirectoryName(_small["out"])!), entry => entry.Contains(".tmp", StringComparison.Ordinal));
        Assert.StartsWith("domain,item_id,title,category,brand,image\ntools,t0,tool t0,Kind 0,,\n", File.ReadAllText(_small["out"] + "/items.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_export_is_replaced_only_where_that_is_asked_for()
    {
        Assert.Equal(0, Export().Code);
        File.Delete(_small["out"] + "/user-tower.onnx");
        var refused = Export();
        Assert.Equal(1, refused.Code);
        Assert.Contains("--overwrite", Assert.Single(refused.Sentences), StringComparison.Ordinal);

        Assert.Equal(0, Export("--overwrite").Code);
        Assert.True(File.Exists(_small["out"] + "/user-tower.onnx"));
    }

    [Theory]
    [InlineData("mine.txt", "'mine.txt'")]
    [InlineData("sub/mine.txt", "'sub'")]
    public void What_is_no_part_of_an_export_is_never_deleted_with_one(string name, string said)
    {
        Assert.Equal(0, Export().Code);
        string mine = Path.Combine(_small["out"], name);
        Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
        File.WriteAllText(mine, "mine");

        Assert.Contains(said, Assert.Single(Export("--overwrite").Sentences), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(mine));
    }

    [Fact]
    public void A_folder_of_another_kind_and_a_file_are_refused_even_with_overwrite()
    {
        Assert.Contains("holds no exported recommender", Assert.Single(TrainerRun.Of("export", "--run", _run.Path, "--out", _run.Path, "--overwrite").Sentences), StringComparison.Ordinal);
        File.WriteAllText(_small["file"], "mine");
        Assert.Contains("is a file", Assert.Single(TrainerRun.Of("export", "--run", _run.Path, "--out", _small["file"], "--overwrite").Sentences), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_small["file"]));
    }

    [Fact]
    public void Npy_and_csv_hold_the_numbers_of_safetensors()
    {
        Assert.Equal(0, Export("--vectors", "npy,npy-half,csv").Code);
        using var file = SafeTensorsFile.Open(_small["out"] + "/items.safetensors");
        foreach (string name in new[] { "items", "history" })
        {
            float[] expected = file.ReadSingles(name);
            byte[] npy = File.ReadAllBytes($"{_small["out"]}/{name}.npy");
            int start = 10 + BinaryPrimitives.ReadUInt16LittleEndian(npy.AsSpan(8));
            Assert.Equal(0, start % 64);
            Assert.Contains("'shape': (12, 4)", Encoding.ASCII.GetString(npy, 10, start - 10), StringComparison.Ordinal);
            Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(i => BinaryPrimitives.ReadSingleLittleEndian(npy.AsSpan(start + (4 * i)))));

            byte[] half = File.ReadAllBytes($"{_small["out"]}/{name}.half.npy");
            Assert.Contains("{'descr': '<f2', 'fortran_order': False, 'shape': (12, 4)", Encoding.ASCII.GetString(half, 10, start - 10), StringComparison.Ordinal);
            Assert.Equal(expected.Select(v => (Half)v), Enumerable.Range(0, expected.Length).Select(i => BinaryPrimitives.ReadHalfLittleEndian(half.AsSpan(start + (2 * i)))));

            string[] lines = File.ReadAllLines($"{_small["out"]}/{name}.vectors.csv");
            Assert.StartsWith("domain,item_id,0,1,", lines[0], StringComparison.Ordinal);
            Assert.Equal(expected, lines.Skip(1).SelectMany(line => line.Split(',').Skip(2)).Select(v => float.Parse(v, System.Globalization.CultureInfo.InvariantCulture)));
        }

        Assert.Equal(2, Export("--overwrite", "--vectors", "hdf5").Code);
    }

    [Theory]
    [InlineData("items.csv")]
    [InlineData("items.safetensors")]
    [InlineData("user-tower.onnx")]
    public void A_file_that_is_not_as_it_was_written_is_named(string name)
    {
        Assert.Equal(0, Export().Code);
        byte[] content = File.ReadAllBytes(Path.Combine(_small["out"], name));
        content[^1] ^= 1;
        File.WriteAllBytes(Path.Combine(_small["out"], name), content);
        Assert.Contains(name, Assert.Throws<UserErrorException>(() => RecommenderManifest.Load(_small["out"]).RequireWhole(_small["out"], CancellationToken.None)).Message, StringComparison.Ordinal);
    }

    private TrainerRun Export(params string[] options) => TrainerRun.Of(["export", "--run", _run.Path, "--out", _small["out"], .. options]);
}
