using System.Runtime.InteropServices;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Features;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

/// <summary>Two data sets in UniSRec's pre-training form: three items of tea, two of cups.</summary>
[Collection("console")]
public sealed class PretrainingFolderTests : IDisposable
{
    private const string Header = "user_id:token\titem_id_list:token_seq\titem_id:token\n";
    private readonly TemporaryFolder _folder = new();

    public PretrainingFolderTests()
    {
        _folder.Write("TC/TC.pt_datasets", "Tea,Cups\n");
        _folder.Write("TC/TC.train.inter", Header + "0-0\t0-2 0-0\t0-1\n0-0\t0-2\t0-0\n1-0\t1-1\t1-0\n");
        _folder.Write("TC/TC.valid.inter", Header + "0-0\t0-2 0-0 0-1\t0-2\n");
        _folder.Write("TC/Tea.text", "item_id:token\ttext:token_seq\n0\tgreen\n1\tblack\n2\twhite\n");
        _folder.Write("TC/Tea.feat1CLS", MemoryMarshal.AsBytes<float>(new float[] { 1, 2, 3, 4, 5, 6 }).ToArray());
        _folder.Write("TC/Cups.text", "item_id:token\ttext:token_seq\n0\tcup\n1\tmug\n");
        _folder.Write("TC/Cups.feat1CLS", MemoryMarshal.AsBytes<float>(new float[] { 7, 8, 9, 10 }).ToArray());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_data_sets_become_domains_with_split_texts_and_features()
    {
        var (code, _, errors) = await ProgramRun.Of("import", "unisrec", "--from", _folder["TC"], "--out", _folder["out"], "--features", _folder["store"]);

        Assert.True(code == 0, errors);
        var dataset = Dataset.Open(_folder["out"]);
        using var silent = new RejectLog(csvPath: null);
        Assert.Equal(["tea", "cups"], dataset.Domains);
        Assert.Equal(["green", "black", "white"], dataset.ReadItems("tea", silent).Select(i => i.Title));
        Assert.Equal(
            [("0-0", "2", SplitPart.Train), ("0-0", "0", SplitPart.Train), ("0-0", "1", SplitPart.Train), ("0-0", "2", SplitPart.Validation)],
            dataset.ReadInteractions("tea", silent).Select(e => (e.UserId, e.ItemId, e.Split)));
        Assert.Equal(["1", "0"], dataset.ReadInteractions("cups", silent).Select(e => e.ItemId));
        using var store = FeatureStore.Open(_folder["store"]);
        float[] vector = new float[2];
        store.Modality("text").ReadRow(store.FindRow("cups", "1"), vector);
        Assert.Equal([9f, 10f], vector);
    }

    [Fact]
    public void Domains_are_named_in_the_order_of_the_data_sets_also_on_several_lines()
    {
        _folder.Write("TC/TC.pt_datasets", "Tea\r\nCups");
        Assert.Equal(["one", "two"], PretrainingFolder.Find(_folder["TC"])!.Read(["one", "two"]).Select(domain => domain.Name));
    }

    [Theory]
    [InlineData("0-0\t2-0\t0-1\n", "line 2 names item '2-0', but a data set from 0 to 1")]
    [InlineData("0-0\t7\t0-1\n", "names item '7'")]
    [InlineData("0-0\t0-2\t0-9\n", "has 3 items of 'Tea' by its text, but the events name item 0-9")]
    public void Tokens_of_no_data_set_are_refused(string row, string message)
    {
        _folder.Write("TC/TC.train.inter", Header + row);
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => PretrainingFolder.Find(_folder["TC"])!.Read(["a", "b"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_importer_points_to_the_one_that_reads_the_folder()
    {
        _folder.Write("atomic/ml.inter", "user_id:token\titem_id:token\nu\t1\n");
        var (_, _, processed) = await ProgramRun.Of("import", "recbole", "--from", _folder["TC"], "--out", _folder["out"]);
        Assert.Contains("use 'import unisrec'", processed, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.Of("import", "unisrec", "--from", _folder["TC"], "--out", _folder["out1"])).Code);
        var (_, _, atomic) = await ProgramRun.Of("import", "unisrec", "--from", _folder["atomic"], "--out", _folder["out"]);
        Assert.Contains("use 'import recbole'", atomic, StringComparison.Ordinal);
        Assert.Equal(0, (await ProgramRun.Of("import", "recbole", "--from", _folder["atomic"], "--out", _folder["out2"])).Code);
    }
}
