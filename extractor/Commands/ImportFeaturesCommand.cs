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
    private static readonly Option<string> From = new("--from") { Description = ".npy, .npz, .safetensors, .csv, .tsv or .txt (one vector a line), or, with --width, a file of bare little-endian numbers.", Required = true, HelpName = "file" };
    private static readonly Option<string?> Ids = new("--ids") { Description = "Text file: the item id of each row, one a line (or domain, tab, id).", HelpName = "file" };
    private static readonly Option<bool> CatalogueOrder = new("--catalogue-order") { Description = "Instead of --ids: the rows are the catalogue's items, in its order." };
    private static readonly Option<string?> Domain = new("--domain") { Description = "Domain of ids that name none." };
    private static readonly Option<bool> IgnoreUnknown = new("--ignore-unknown") { Description = "Pass over ids that the catalogue does not have." };
    private static readonly Option<string?> Tensor = new("--tensor") { Description = "Name of the matrix in a .safetensors or .npz file." };
    private static readonly Option<string?> Name = new("--name") { Description = "What made the vectors (default: the file's name)." };
    private static readonly Option<int?> Width = WholeNumber.Optional("--width", "Numbers a row, for a file of bare numbers, which does not say it.");
    private static readonly Option<MatrixElement?> Dtype = NameOption.Optional<MatrixElement>("--dtype", "Type of bare numbers: float16, float32 (default) or float64. For other files, which say theirs, as --store-dtype.");
    private static readonly Option<FeatureType?> StoreDtype = NameOption.Optional<FeatureType>("--store-dtype", "Number type in the store: float16 or float32 (default).");
    private static readonly Option<double> MaxRejectRate = DecimalNumber.Share("--max-reject-rate", "Share of vectors that can't be stored, such as those with a NaN, above which nothing is written.", 0.01);
    private static readonly Option<bool> Overwrite = SharedOptions.Overwrite("Replace vectors that the store has under this --modality.");
    private static readonly Option<int> ShardRows = WholeNumber.WithDefault("--shard-rows", "Rows a shard (0 = automatic).", 0, 0);

    public static Command Create()
    {
        var command = new Verb(
            "import-features",
            "Take vectors that were computed elsewhere into a feature store, with their row order checked.",
            "import-features --dataset market --out features --modality image --from clip.npy --ids ids.txt --name clip-vit-b32")
        {
            Dataset, Out, Modality, From, Ids, CatalogueOrder, Domain, IgnoreUnknown, Tensor, Name, Width, Dtype, StoreDtype, ShardRows, MaxRejectRate, Overwrite,
        }.Does(Run, whenStopped: "what was finished is kept, and the same command goes on from there");
        command.Validators.Add(result =>
        {
            if (result.GetResult(Ids) is null == result.GetResult(CatalogueOrder) is not { Implicit: false })
                result.AddError("Exactly one of --ids and --catalogue-order is needed.");
        });
        return command;
    }

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        var dataset = Catalogue.Dataset.Open(parsed.GetRequiredValue(Dataset));
        using var ignored = new RejectLog(csvPath: null, maxRate: 1);
        using var scan = CatalogueScan.Of(dataset, new ItemText(ItemText.Fields), ignored, spool: false, context.Cancellation);
        var (from, ids, output, modality) = (parsed.GetRequiredValue(From), parsed.GetValue(Ids), parsed.GetRequiredValue(Out), parsed.GetRequiredValue(Modality));
        var items = new ItemLookup(dataset);
        int rows = ids is null ? scan.Count : RowIds.CountLines(ids);
        using var matrix = FeatureFile.Open(from, parsed.GetValue(Tensor), rows, parsed.GetValue(Width), parsed.GetValue(Dtype) ?? MatrixElement.Float32);
        var sources = ids is null ? InOrder(matrix, scan.Count) : RowIds.Read(ids, matrix.Rows, items, parsed.GetValue(Domain), parsed.GetValue(IgnoreUnknown));
        var settings = new ExtractionSettings { ShardRows = parsed.GetValue(ShardRows) };
        using var folder = StoreFolder.Hold(output);
        var options = new FeatureStoreOptions
        {
            ShardRows = settings.ShardRows == 0 && folder.ShardRows is { } rowsThere ? rowsThere : settings.EffectiveShardRows(scan.Count),
            OtherStoreAdvice = $"bring it to the catalogue's present state by 'unim2rec-extract run --dataset {dataset.Folder} --out {output}', or write into another --out, or, where only rows a shard differ, give that number by --shard-rows",
        };
        string rejectsPath = Path.Combine(output, $"{modality}.{Extraction.RejectsFile}");
        using var rejects = new RejectLog(rejectsPath, parsed.GetValue(MaxRejectRate), waits: true);
        folder.Check(scan.Items, options);
        var vectors = new ExternalModality(modality, parsed.GetValue(Name) ?? Path.GetFileName(from), TypeInStore(parsed), [matrix], sources) { Overwrite = parsed.GetValue(Overwrite) };
        var storable = ExternalFeatures.Check(vectors, items, rejects, context.Work);
        using var store = folder.Open(scan.Items, options);
        rejects.Publish();
        var (made, present) = ExternalFeatures.Write(store, storable, context.Work);
        results.Set("made", made);
        results.Set("present", present);
        results.Set("rejected", rejects.Rejected);
        results.Say(made == 0 ? "up to date: these features are in the store already" : $"{present:N0} of {made:N0} items have a vector; the others are flagged missing");
        if (rejects.Rejected == 0)
            return ExitCodes.Done;
        context.Log.Warning("{Rejected:N0} of {All:N0} vectors were rejected; they are listed in {Path:l}", rejects.Rejected, rejects.Accepted + rejects.Rejected, rejectsPath);
        return ExitCodes.DoneWithSkippedItems;
    }

    private static FeatureType TypeInStore(ParseResult parsed) => parsed.GetValue(StoreDtype)
        ?? (parsed.GetValue(Dtype) == MatrixElement.Float16 ? FeatureType.Float16 : FeatureType.Float32);

    private static RowSource[] InOrder(IFeatureMatrix matrix, int items) => matrix.Rows == items
        ? [.. Enumerable.Range(0, items).Select(row => new RowSource(0, row))]
        : throw new UserErrorException($"{matrix.Source} has {matrix.Rows:N0} rows and the catalogue {items:N0} items, but --catalogue-order needs as many; give the rows' item ids by --ids.");
}
