using System.CommandLine;
using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import-features</c>: vectors that were computed elsewhere.</summary>
internal static class ImportFeaturesCommand
{
    private static readonly Option<string> Dataset = SharedOptions.Dataset();
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the feature store; continued where it exists.");
    private static readonly Option<string> Modality = new("--modality") { Description = "text, image, cross, or another name.", Required = true };
    private static readonly Option<string> From = new("--from") { Description = ".npy, .safetensors, or a headerless file of float32 numbers.", Required = true, HelpName = "file" };
    private static readonly Option<string?> Ids = new("--ids") { Description = "Text file: the item id of each row, one a line (or domain, tab, id).", HelpName = "file" };
    private static readonly Option<bool> CatalogueOrder = new("--catalogue-order") { Description = "Instead of --ids: the rows are the catalogue's items, in its order." };
    private static readonly Option<string?> Domain = new("--domain") { Description = "Domain of ids that name none." };
    private static readonly Option<bool> IgnoreUnknown = new("--ignore-unknown") { Description = "Pass over ids that the catalogue does not have." };
    private static readonly Option<string?> Tensor = new("--tensor") { Description = "Name of the matrix in a safetensors file." };
    private static readonly Option<string?> Name = new("--name") { Description = "What made the vectors (default: the file's name)." };
    private static readonly Option<FeatureType> Dtype = new("--dtype") { Description = "Number type in the store: float16 or float32.", DefaultValueFactory = _ => FeatureType.Float32 };
    private static readonly Option<int> ShardRows = WholeNumber.WithDefault("--shard-rows", "Rows a shard (0 = automatic).", 0, 0);

    public static Command Create()
    {
        var command = new Verb(
            "import-features",
            "Take vectors that were computed elsewhere into a feature store, with their row order checked.",
            "import-features --dataset market --out features --modality image --from clip.npy --ids ids.txt --name clip-vit-b32")
        {
            Dataset, Out, Modality, From, Ids, CatalogueOrder, Domain, IgnoreUnknown, Tensor, Name, Dtype, ShardRows,
        }.Does(Run, whenStopped: "what was finished is kept, and the same command goes on from there");
        command.Validators.Add(result =>
        {
            if (result.GetValue(Ids) is null != result.GetValue(CatalogueOrder))
                result.AddError("Exactly one of --ids and --catalogue-order is needed.");
        });
        return command;
    }

    private static int Run(ParseResult parsed, VerbContext context)
    {
        var dataset = Catalogue.Dataset.Open(parsed.GetRequiredValue(Dataset));
        using var rejects = new RejectLog(csvPath: null, maxRate: 1);
        using var scan = CatalogueScan.Of(dataset, new ItemText(ItemText.Fields), rejects, spool: false, context.Cancellation);
        string from = parsed.GetRequiredValue(From);
        string? ids = parsed.GetValue(Ids);
        using var matrix = Open(from, parsed.GetValue(Tensor), ids, scan.Count);
        var sources = ids is null
            ? InOrder(matrix, scan.Count)
            : RowIds.Read(ids, matrix.Rows, new ItemLookup(dataset), parsed.GetValue(Domain), parsed.GetValue(IgnoreUnknown));
        var settings = new ExtractionSettings { ShardRows = parsed.GetValue(ShardRows) };
        using var store = FeatureStoreWriter.Open(parsed.GetRequiredValue(Out), scan.Items, new FeatureStoreOptions { ShardRows = settings.EffectiveShardRows(scan.Count) });
        var (rows, present) = ExternalFeatures.Write(
            store, new ExternalModality(parsed.GetRequiredValue(Modality), parsed.GetValue(Name) ?? Path.GetFileName(from), parsed.GetValue(Dtype), [matrix], sources), context.Progress, context.Cancellation);
        Console.WriteLine(rows == 0 ? "up to date: these features are in the store already" : $"{present:N0} of {rows:N0} items have a vector; the others are flagged missing");
        return ExitCodes.Done;
    }

    private static IFeatureMatrix Open(string path, string? tensor, string? ids, int items) => Path.GetExtension(path) switch
    {
        ".npy" => NpyMatrix.Open(path),
        ".safetensors" => SafeTensorsMatrix.Open(path, tensor),
        _ => RawMatrix.OpenHeaderless(path, ids is null || !File.Exists(ids) ? items : File.ReadLines(ids).Count()),
    };

    private static RowSource[] InOrder(IFeatureMatrix matrix, int items) => matrix.Rows == items
        ? [.. Enumerable.Range(0, items).Select(row => new RowSource(0, row))]
        : throw new UserErrorException($"{matrix.Source} has {matrix.Rows:N0} rows and the catalogue {items:N0} items, but --catalogue-order needs as many; give the rows' item ids by --ids.");
}
