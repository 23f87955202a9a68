using System.CommandLine;
using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>run</c>: extracts features.</summary>
internal static class RunCommand
{
    private static readonly Option<string> Dataset = SharedOptions.Dataset();
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the feature store; continued where it exists.");
    private static readonly Option<string[]> Text = Encoder("--text", "text", BuiltInNames.FittedText);
    private static readonly Option<string[]> Image = Encoder("--image", "image", BuiltInNames.Image);
    private static readonly Option<string[]> Cross = Encoder("--cross", "cross-modal", BuiltInNames.Cross);
    private static readonly Option<bool> NoText = new("--no-text") { Description = "Leave out the text modality." };
    private static readonly Option<bool> NoImage = new("--no-image") { Description = "Leave out the image modality." };
    private static readonly Option<bool> NoCross = new("--no-cross") { Description = "Leave out the cross modality." };
    private static readonly Option<string?> Encoders = new("--encoders") { Description = "Folder where encoders are looked for by name (default: models-onnx).", HelpName = "folder" };
    private static readonly Option<string?> Dtype = new("--dtype") { Description = "Number type in the store: float16 or float32 (default: as it is there, else float16)." };
    private static readonly Option<string?> Device = new("--device") { Description = "auto (default), cpu, cuda or cuda:n." };
    private static readonly Option<string?> Partition = new("--partition") { Description = "Make share i of n only, such as 2/8; 'merge' puts the shares together.", HelpName = "i/n" };
    private static readonly Option<string?> MaxRejectRate = new("--max-reject-rate") { Description = "Share of bad rows, pictures and vectors (listed in rejects.csv) above which the run fails (default: 0.01)." };
    private static readonly Option<string?> Threads = new("--threads") { Description = "Threads (default: one a core)." };
    private static readonly Option<bool> StartOver = new("--start-over") { Description = "Replace the store that is there: make all of it again, with the encoders that it was made with." };
    private static readonly Option<bool> Refit = new("--refit") { Description = "Fit text-svd (and cross-svd) anew on the catalogue as it is, under another name, whose features stand beside the former ones'." };
    private static readonly Option<bool> Overwrite = SharedOptions.Overwrite("Replace vectors that import-features brought into the store.");
    private static readonly Option<string?> Config = new("--config") { Description = "JSON file with settings (docs/CONFIG.md).", HelpName = "file" };
    private static readonly Option<string[]> Set = new("--set") { Description = "One setting, such as tokenBudget=8192; may be repeated.", HelpName = "key=value" };

    public static Command Create() =>
        new Verb(
            "run",
            "Extract text, image and cross-modal features of every item into a feature store. Where the store is there, only what is new or has changed since is made.",
            "run --dataset market --out features",
            "run --dataset market --out features --text minilm --no-cross",
            "run --dataset market --out features --text text-svd minilm",
            "run --dataset market --out part2 --partition 2/8 --device cuda:0 --set tokenBudget=16384")
        {
            Dataset, Out, Text, Image, Cross, NoText, NoImage, NoCross, Encoders, Dtype, Device, Partition, MaxRejectRate, Threads, StartOver, Refit, Overwrite, Config, Set,
        }.Does(Run, whenStopped: "what was finished is kept, and the same command goes on from there");

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        var settings = JsonConfig.Load<ExtractionSettings>(parsed.GetValue(Config), [.. Overrides(parsed), .. parsed.GetValue(Set) ?? []]);
        var dataset = Catalogue.Dataset.Open(parsed.GetRequiredValue(Dataset));
        string folder = parsed.GetRequiredValue(Out);
        var partition = parsed.GetValue(Partition) is { } text ? StorePartition.Parse(text) : null;
        // Before the log, which would be the first file in a folder of somebody else's.
        StoreFolder.RequireOwn(folder);
        context.LogTo(Path.Combine(folder, "extract.log"));
        var outcome = Extraction.Run(dataset, folder, settings, context.Work, partition, parsed.GetValue(StartOver));
        OutcomeTable.Print(results, outcome.Modalities, folder);
        results.Set("rejected", outcome.Rejected);
        SayNext(parsed.GetRequiredValue(Dataset), dataset.Domains, folder, partition);
        if (outcome.Rejected == 0)
            return ExitCodes.Done;
        context.Log.Warning("{Rejected:N0} rows, pictures or vectors were rejected; they are listed in {Path:l}", outcome.Rejected, Path.Combine(folder, Extraction.RejectsFile));
        return ExitCodes.DoneWithSkippedItems;
    }

    /// <summary>A share waits for the others; a catalogue of several domains is pre-trained on; one domain is trained on.</summary>
    private static void SayNext(string dataset, IReadOnlyList<string> domains, string folder, StorePartition? partition)
    {
        string[] data = ["--dataset", dataset, "--features", folder];
        if (partition is not null) VerbContext.Next("unim2rec-extract", "merge", "--out", "WHOLE", folder, "OTHER-SHARES");
        else if (domains.Count > 1) VerbContext.Next(["unim2rec-train", "pretrain", .. data, "--domains", string.Join(',', domains.SkipLast(1)), "--out", "runs/pretrained"]);
        else VerbContext.Next(["unim2rec-train", "finetune", .. data, "--out", $"runs/{domains[0]}"]);
    }

    /// <summary>Options are settings with a name of their own; they win over the file, and --set wins over them, as in the trainer.</summary>
    private static IEnumerable<string> Overrides(ParseResult parsed)
    {
        var named = new (string Key, string? Value)[]
        {
            ("text", parsed.GetValue(NoText) ? "" : Names(parsed, Text)),
            ("image", parsed.GetValue(NoImage) ? "" : Names(parsed, Image)),
            ("cross", parsed.GetValue(NoCross) ? "" : Names(parsed, Cross)),
            ("encoders", parsed.GetValue(Encoders)),
            ("dtype", parsed.GetValue(Dtype)),
            ("device", parsed.GetValue(Device)),
            ("maxRejectRate", parsed.GetValue(MaxRejectRate)),
            ("threads", parsed.GetValue(Threads)),
            ("refit", parsed.GetValue(Refit) ? "true" : null),
            ("overwrite", parsed.GetValue(Overwrite) ? "true" : null),
        };
        return named.Where(n => n.Value is not null).Select(n => $"{n.Key}={n.Value}");
    }

    private static string? Names(ParseResult parsed, Option<string[]> option) => parsed.GetValue(option) is { Length: > 0 } names ? string.Join(',', names) : null;

    private static Option<string[]> Encoder(string name, string what, string standard) => new(name)
    {
        Description = $"The {what} encoder: a name in the encoders' folder, a folder, or a built-in one (default: those of the store that is there, else {standard}). Several become modalities of their own.",
        HelpName = "encoder",
        AllowMultipleArgumentsPerToken = true,
        CompletionSources = { SharedOptions.EncoderNames },
    };
}

/// <summary>The table that closes <c>run</c>.</summary>
internal static class OutcomeTable
{
    public static void Print(ResultWriter results, IReadOnlyList<ModalityOutcome> outcomes, string folder)
    {
        var table = new ResultTable("modalities", "modality").Text("encoder").Number("items").Number("kept").Number("present").Number("missing").Number("failed")
            .Number("items/s", field: "itemsPerSecond").Number("seconds").Number("padding", isWide: true)
            .Number("in session", isWide: true, field: "secondsInSession").Number("KiB/item", isWide: true, field: "allocatedKibPerItem");
        foreach (var o in outcomes)
        {
            table.Row(
                o.Name, o.Encoder, ResultCell.Count(o.Rows), ResultCell.Count(o.Kept), ResultCell.Count(o.Present), ResultCell.Count(o.Missing), ResultCell.Count(o.Failed),
                o.Rows == 0 ? ResultCell.None : ResultCell.Decimal(o.Rows / Math.Max(o.Seconds, 1e-9), 0), ResultCell.Decimal(o.Seconds, 1), ResultCell.Percent(o.PadRatio),
                ResultCell.Decimal(o.SecondsInSession, 1), ResultCell.Decimal(o.AllocatedBytesPerItem / 1024, 1));
        }

        long peak = System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64;
        results.Add(table);
        results.Say($"features: {Path.GetFullPath(folder)} (peak memory {peak >> 20:N0} MiB)");
        results.Set("features", Path.GetFullPath(folder));
        results.Set("peakMemoryBytes", peak);
    }
}
