using System.CommandLine;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>verify</c>: checks every byte of a store.</summary>
internal static class VerifyCommand
{
    private static readonly Option<string> Features = SharedOptions.Features();
    private static readonly Option<string> Dataset = SharedOptions.Dataset(required: false);

    public static Command Create() =>
        new Verb("verify", "Check a feature store's checksums, and that it belongs to a catalogue.", "verify --features features", "verify --features features --dataset market")
        {
            Features, Dataset,
        }.Does(Run);

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        string folder = parsed.GetRequiredValue(Features);
        var report = FeatureStoreVerifier.Verify(folder, context.Progress, context.Cancellation);
        foreach (string problem in report.Problems)
            Console.Error.WriteLine(problem);
        results.Say($"{report.Files:N0} files, {report.Bytes:N0} bytes: {(report.Problems.Count == 0 ? "all checksums hold" : $"{report.Problems.Count:N0} problems")}");
        results.Set("files", report.Files);
        results.Set("bytes", report.Bytes);
        results.Set("problems", report.Problems);
        if (parsed.GetValue(Dataset) is { } dataset && !BelongsTo(results, folder, dataset))
            return ExitCodes.Failed;
        return report.Problems.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static bool BelongsTo(ResultWriter results, string folder, string datasetFolder)
    {
        var dataset = Catalogue.Dataset.Open(datasetFolder);
        using var store = FeatureStore.Open(folder);
        string fingerprint = dataset.ComputeFingerprint();
        if (fingerprint == store.DatasetFingerprint)
        {
            results.Set("catalogue", dataset.Name);
            results.Say($"the store belongs to catalogue '{dataset.Name}' ({fingerprint})");
            return true;
        }

        Console.Error.WriteLine($"error: the store was made for the catalogue fingerprint {store.DatasetFingerprint}, but '{datasetFolder}' has {fingerprint}; bring it to the catalogue's present state by 'unim2rec-extract run --dataset {datasetFolder} --out {folder}', which makes what is new or has changed.");
        return false;
    }
}

/// <summary><c>merge</c>: shares of a run become one store.</summary>
internal static class MergeCommand
{
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the whole store; new or empty.");
    private static readonly Argument<string[]> Parts = new("part") { Description = "Folders of all shares (made by run --partition i/n).", Arity = ArgumentArity.OneOrMore };

    public static Command Create() =>
        new Verb("merge", "Put the shares of a run together.", "merge --out features part1 part2 part3")
        {
            Out, Parts,
        }.Does((parsed, context, results) =>
        {
            FeatureStoreMerger.Merge(parsed.GetRequiredValue(Parts), parsed.GetRequiredValue(Out), context.Progress, context.Cancellation);
            StoreTable.Print(results, parsed.GetRequiredValue(Out));
            return ExitCodes.Done;
        });
}
