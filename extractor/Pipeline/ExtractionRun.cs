using Serilog;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Features;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>One extraction: every modality that was asked for and is not up to date.</summary>
public sealed class ExtractionRun(ExtractionSettings settings, IProgressSink progress, ILogger log)
{
    /// <summary>Name of the list of rejected rows in the store's folder.</summary>
    public const string RejectsFile = "rejects.csv";

    private const int MostParallelBatches = 4;

    /// <summary>Windows for each batch that is encoded beside others, so that the last ones, which some cores do without, are few among them.</summary>
    private const int WindowsForEachBatch = 4;

    /// <summary>Runs.</summary>
    /// <param name="dataset">The catalogue.</param>
    /// <param name="storeFolder">Folder of the store; made where it does not exist, continued where it does.</param>
    /// <param name="partition">The share to make, or null for all.</param>
    /// <param name="startOver">Replace a store of another catalogue.</param>
    /// <param name="cancellation">Leaves; shards that are complete are kept.</param>
    /// <returns>What became of each modality, and how many rows were rejected.</returns>
    /// <exception cref="UserErrorException">Catalogue, encoders, device or store can't be used.</exception>
    public (IReadOnlyList<ModalityOutcome> Outcomes, long Rejected) Run(Dataset dataset, string storeFolder, StorePartition? partition, bool startOver, CancellationToken cancellation)
    {
        var device = DeviceChoice.Resolve(settings.Device, note => log.Information("{Note:l}", note));
        var text = new ItemText(settings.TextFields);
        var rejectsPath = Path.Combine(storeFolder, RejectsFile);
        using var rejects = new RejectLog(rejectsPath, settings.MaxRejectRate);
        using var scan = CatalogueScan.Of(dataset, text, rejects, cancellation);
        var rejected = rejects.Rejected;
        rejects.Dispose();
        var bad = new BadPictures();
        var outcomes = new List<ModalityOutcome>();
        using (var store = FeatureStoreWriter.Open(storeFolder, scan.Items, new FeatureStoreOptions { ShardRows = settings.EffectiveShardRows(scan.Count), Partition = partition, StartOver = startOver }))
        {
            var made = new HashSet<string>();
            var packs = new EncoderResolution(settings, store.Folder, dataset, scan.Fingerprint, progress);
            foreach (var (modality, encoders) in Wanted(scan))
            {
                foreach (var (place, name) in ModalityNaming.Encoders(encoders).Index())
                {
                    var pack = packs.Resolve(name, modality, cancellation);
                    var called = ModalityNaming.Of(pack, place);
                    // The second would take the place of what the first has just made.
                    if (!made.Add(called))
                        throw new UserErrorException($"two encoders of this run would both make the modality '{called}' (the second is {pack.Folder}); give one of them another name in its {EncoderFolder.ConfigFile}.");
                    outcomes.Add(Extract(pack, called, RebuildCommand(dataset, store, modality, encoders), device, store, dataset, text, bad, cancellation));
                }
            }
        }

        if (bad.Count > 0)
            rejected = ListRejects(dataset, rejectsPath, bad);
        return (outcomes, rejected);
    }

    private IEnumerable<(EncoderModality Modality, string Encoders)> Wanted(CatalogueScan scan)
    {
        if (settings.Text.Length > 0 && Has(scan.WithText, "text", "text"))
            yield return (EncoderModality.Text, settings.Text);
        if (settings.Image.Length > 0 && Has(scan.WithImage, "a picture", "image"))
            yield return (EncoderModality.Image, settings.Image);
        if (settings.Cross.Length > 0 && Has(Math.Min(scan.WithText, scan.WithImage), "both text and picture anywhere", "cross"))
            yield return (EncoderModality.Cross, settings.Cross);
    }

    private bool Has(int count, string what, string modality)
    {
        if (count == 0)
            log.Information("{Modality:l}: left out, no item has {What:l}", modality, what);
        return count > 0;
    }

    private ModalityOutcome Extract(
        EncoderFolder pack, string name, string rebuildCommand, DeviceChoice device, FeatureStoreWriter store, Dataset dataset, ItemText text, BadPictures bad, CancellationToken cancellation)
    {
        // Several batches at a time, each on few threads, wait less for each other than one on many; and no thread waits busily, which would take
        // the cores from those that prepare. A catalogue of few windows would leave cores without one at the end.
        var windows = store.ItemCount / ModalityExtraction.WindowRows(pack, settings);
        var parallel = device.IsCuda ? 1 : Math.Clamp(windows / WindowsForEachBatch, 1, Math.Min(settings.EffectiveThreads(), MostParallelBatches));
        using var session = EncoderSession.Open(pack, new SessionSettings
        {
            Device = device,
            Threads = settings.EffectiveThreads() - parallel + 1,
            Spinning = parallel == 1,
            FixedShapes = device.IsCuda,
            GpuMemoryLimit = (long)settings.GpuMemoryMib << 20,
        });
        var fingerprint = pack.Config.Modality == EncoderModality.Image ? pack.Fingerprint(cancellation) : text.Fingerprint(pack.Fingerprint(cancellation));
        var specification = new ModalitySpecification(name, session.Width, settings.Dtype, pack.Config.Name, fingerprint);
        ReportStale(store, specification, rebuildCommand);
        var (again, changed) = pack.Config.Image is null ? (null, 0) : new BadPictureReview(dataset, store).Review(specification, bad, cancellation);
        if (changed > 0)
            log.Information("{Modality:l}: {Changed:N0} pictures that could not be used have changed; the shards that hold them are made again", specification.Name, changed);
        var writer = store.StartModality(specification, again);
        if (writer.PendingRows == 0)
            log.Information("{Modality:l}: up to date ({Encoder:l}, {Fingerprint:l})", specification.Name, specification.EncoderName, Short(fingerprint));
        else if (writer.PendingRows < store.ItemCount && store.Partition is null)
            log.Information("{Modality:l}: {Pending:N0} of {All:N0} items left to do", specification.Name, writer.PendingRows, store.ItemCount);
        EncoderSession[] siblings = [.. Enumerable.Range(1, parallel - 1).Select(_ => session.Sibling())];
        try
        {
            using var reader = new RowReader(dataset, text);
            return new ModalityExtraction(pack, [session, .. siblings], TextTokenizers.Open(pack), settings).Run(reader, writer, bad, store.ItemCount, progress, cancellation);
        }
        finally
        {
            foreach (var sibling in siblings)
                sibling.Dispose();
        }
    }

    private void ReportStale(FeatureStoreWriter store, ModalitySpecification wanted, string rebuildCommand)
    {
        if (store.Complete.FirstOrDefault(m => m.Name == wanted.Name) is not { } old || old.MakesSameRowsAs(wanted))
            return;
        if (old.EncoderFingerprint == wanted.EncoderFingerprint)
        {
            log.Warning("{Modality:l}: made again as {Type} instead of {OldType}", wanted.Name, wanted.Type, old.Type);
            return;
        }

        log.Warning(
            "{Modality:l}: stale, made by {OldEncoder:l} {OldFingerprint:l}, and the encoder is now {Encoder:l} {Fingerprint:l}; its features are made again by this run (alone: {Command:l})",
            wanted.Name, old.EncoderName, old.EncoderFingerprint, wanted.EncoderName, wanted.EncoderFingerprint, rebuildCommand);
    }

    private static string RebuildCommand(Dataset dataset, FeatureStoreWriter store, EncoderModality modality, string encoders)
    {
        var others = Enum.GetValues<EncoderModality>().Where(other => other != modality).Select(other => $" --no-{Word(other)}");
        return $"unim2rec-extract run --dataset {dataset.Folder} --out {store.Folder} --{Word(modality)} {string.Join(',', ModalityNaming.Encoders(encoders))}{string.Concat(others)}";

        static string Word(EncoderModality name) => name.ToString().ToLowerInvariant();
    }

    /// <summary>Bad pictures take their place in the list by the line of their item.</summary>
    private long ListRejects(Dataset dataset, string path, BadPictures bad)
    {
        using var rejects = new RejectLog(path, settings.MaxRejectRate);
        var row = 0;
        foreach (var domain in dataset.Domains)
        {
            foreach (var item in dataset.ReadItems(domain, rejects))
            {
                if (bad.Reason(row++) is { } reason)
                    rejects.RejectCurrent($"picture '{item.Image}' of item '{item.ItemId}': {reason}");
            }
        }

        rejects.ThrowIfTooMany();
        return rejects.Rejected;
    }

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
}
