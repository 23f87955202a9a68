using System.Text;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>One extraction: every modality that was asked for and is not up to date.</summary>
public sealed class Extraction
{
    /// <summary>Name of the list of rejected rows in the store's folder.</summary>
    public const string RejectsFile = StoreLayout.RejectsFile;

    private const int MostParallelBatches = 4;

    /// <summary>Windows for each batch that is encoded beside others, so that the last ones, which some cores do without, are few among them.</summary>
    private const int WindowsForEachBatch = 4;

    private readonly Dataset _dataset;
    private readonly FeatureStoreWriter _store;
    private readonly ExtractionSettings _settings;
    private readonly WorkContext _context;
    private readonly DeviceChoice _device;
    private readonly ItemText _text;
    private readonly ItemSpool _items;
    private readonly string _fingerprint;
    private readonly BadItems _bad = new();
    private readonly PictureFiles _pictures;
    private readonly IReadOnlySet<string> _imported;
    private readonly IReadOnlyList<ModalitySpecification> _kept;
    private readonly SeenPictures _seen;
    private readonly IStorage? _storage;

    private Extraction(Dataset dataset, CatalogueScan scan, FeatureStoreWriter store, ExtractionSettings settings, DeviceChoice device, WorkContext context, IStorage? storage)
    {
        _storage = storage;
        _imported = settings.Overwrite ? new HashSet<string>() : ExternalFeatures.ImportedInto(store.Folder);
        (_items, _fingerprint) = (scan.Spool!, scan.Fingerprint);
        (_dataset, _store, _settings, _device, _context) = (dataset, store, settings, device, context);
        _kept = store.Known;
        _seen = SeenPictures.Load(Path.Combine(store.Folder, StoreLayout.PicturesSeen));
        _text = new ItemText(_settings.TextFields);
        _pictures = new PictureFiles(dataset.ImagesFolder, settings.PictureLimits());
    }

    /// <summary>Extracts what is missing or stale.</summary>
    /// <param name="dataset">The catalogue.</param>
    /// <param name="storeFolder">Folder of the store; made where it does not exist, continued where it does.</param>
    /// <param name="settings">Encoders, device, sizes.</param>
    /// <param name="context">Log and progress; stopped by it, it leaves, and shards that are complete are kept.</param>
    /// <param name="partition">The share to make, or null for all.</param>
    /// <param name="startOver">Replace a store of another catalogue.</param>
    /// <param name="storage">Where files go; null for the file system.</param>
    /// <exception cref="UserErrorException">Catalogue, encoders, device or store can't be used.</exception>
    public static ExtractionOutcome Run(
        Dataset dataset, string storeFolder, ExtractionSettings settings, WorkContext context, StorePartition? partition = null, bool startOver = false, IStorage? storage = null)
    {
        var device = DeviceChoice.Resolve(settings.Device, note => context.Log.Information("{Note:l}", note));
        string rejectsPath = Path.Combine(storeFolder, RejectsFile);
        using var folder = StoreFolder.Hold(storeFolder);
        using var rejects = new RejectLog(rejectsPath, settings.MaxRejectRate, waits: true, storage: storage);
        using var scan = CatalogueScan.Of(dataset, new ItemText(settings.TextFields), rejects, spool: true, context.Cancellation);
        if (startOver && !settings.Overwrite && ExternalFeatures.ImportedInto(storeFolder, orUnreadable: true) is { Count: > 0 } imported)
            throw new UserErrorException($"the store '{storeFolder}' has imported vectors ({string.Join(", ", imported)}), which --start-over would delete and which can't be made again from the catalogue; write into another --out, or add --overwrite to give them up.");
        var options = new FeatureStoreOptions
        {
            ShardRows = settings.ShardRows == 0 && !startOver && folder.ShardRows is { } rows ? rows : settings.EffectiveShardRows(scan.Count),
            Partition = partition,
            StartOver = startOver,
            Grows = true,
            Storage = storage ?? DiskStorage.Instance,
        };

        // All that can be refused is refused here, while the store that may be in the folder is as it was.
        folder.Check(scan.Items, options);
        var made = folder.Modalities.Where(modality => !ExternalFeatures.ImportedInto(folder.Folder).Contains(modality.Name)).ToArray();
        var encoders = ChosenEncoder.Choose(settings, scan, new EncoderResolution(settings, folder.Folder, made, scan, context, storage), context);
        if (!startOver && folder.IsOfAnotherState(scan.Items))
            RequireAll(made, encoders, folder.Folder);
        if (startOver && folder.HoldsStore)
            ChosenEncoder.TryAll(encoders, new SessionSettings { Device = device, FixedShapes = device.IsCuda });

        using var store = folder.Open(scan.Items, options);
        rejects.Publish();
        var extraction = new Extraction(dataset, scan, store, settings, device, context, storage);
        extraction.RefuseImported(encoders);
        var outcomes = extraction.ExtractAll(encoders);
        long rejected = extraction._bad.Count > 0 ? extraction.ListRejects(rejectsPath) : rejects.Rejected;
        extraction.Publish();
        return new ExtractionOutcome(outcomes, rejected);
    }

    private List<ModalityOutcome> ExtractAll(IReadOnlyList<ChosenEncoder> encoders)
    {
        var outcomes = new List<ModalityOutcome>();
        try
        {
            foreach (var chosen in encoders)
                outcomes.Add(Extract(chosen, encoders));
        }
        catch (OperationCanceledException)
        {
            // Who goes on need not read all these pictures again.
            _seen.Save(_storage);
            throw;
        }

        _seen.Save(_storage);
        return outcomes;
    }

    /// <summary>A store that follows its catalogue does so as a whole, or not at all.</summary>
    private static void RequireAll(IReadOnlyList<ModalitySpecification> made, IReadOnlyList<ChosenEncoder> encoders, string folder)
    {
        if (made.FirstOrDefault(modality => encoders.All(chosen => chosen.Name != modality.Name)) is { } left)
            throw new UserErrorException(
                $"the catalogue has changed since the store '{folder}' was made, and this run would leave its modality '{left.Name}' (made by {left.EncoderName}) without the items that are new; " +
                "leave the options that name encoders or leave modalities out of the command, or name that encoder too, and give the folder in which it is by --encoders.");
    }

    private ModalityOutcome Extract(ChosenEncoder chosen, IReadOnlyList<ChosenEncoder> all)
    {
        var encoder = chosen.Encoder;
        // Of a store that grows, mostly few items are new.
        var sessions = OpenSessions(encoder, _store.IsGrowing ? 0 : _store.ItemCount);
        try
        {
            string fingerprint = FeatureFingerprint.Of(encoder, _text, _context.Cancellation);
            var specification = new ModalitySpecification(chosen.Name, sessions[0].Width, TypeOf(chosen.Name), encoder.Config.Name, fingerprint);
            ReportStale(specification, RebuildCommand(chosen, all));
            var comparison = new ItemComparison(encoder, _items, _pictures, _seen, KnownBad(specification), _context.Cancellation);
            var writer = _store.StartModality(specification, comparison);
            _bad.Add(KnownBad(specification).Values.Where(bad => !writer.IsPending(bad.Row)));
            ReportPending(writer, fingerprint);
            if (_store.IsGrowing && Parallel(encoder, writer.PendingRows) > sessions.Count)
            {
                Close(sessions);
                sessions = OpenSessions(encoder, writer.PendingRows);
            }

            return new ModalityExtraction(encoder, sessions, TextTokenizers.Open(encoder), _settings, _pictures, _seen).Run(_items.Read(), writer, _bad, _store.ItemCount, _context.Progress, _context.Cancellation);
        }
        finally
        {
            Close(sessions);
        }
    }

    /// <summary>
    /// Several batches at a time, each on few threads, wait less for each other than one on many; and no thread waits busily, which would take the cores from
    /// those that prepare. A catalogue of few windows would leave cores without one at the end.
    /// </summary>
    private int Parallel(EncoderFolder encoder, long items) => _device.IsCuda
        ? 1
        : (int)Math.Clamp(items / ModalityExtraction.WindowRows(encoder, _settings) / WindowsForEachBatch, 1, Math.Min(_settings.EffectiveThreads(), MostParallelBatches));

    private List<EncoderSession> OpenSessions(EncoderFolder encoder, long items)
    {
        int parallel = Parallel(encoder, items);
        var sessions = new List<EncoderSession>
        {
            EncoderSession.Open(encoder, new SessionSettings
            {
                Device = _device,
                Threads = _settings.EffectiveThreads() - parallel + 1,
                Spinning = parallel == 1,
                FixedShapes = _device.IsCuda,
                GpuMemoryLimit = (long)_settings.GpuMemoryMib << 20,
            }),
        };
        while (sessions.Count < parallel)
            sessions.Add(sessions[0].Sibling());
        return sessions;
    }

    private static void Close(List<EncoderSession> sessions)
    {
        for (int i = sessions.Count - 1; i >= 0; i--)
            sessions[i].Dispose();
        sessions.Clear();
    }

    private FeatureType TypeOf(string modality) => _settings.Dtype ?? _kept.FirstOrDefault(kept => kept.Name == modality)?.Type ?? FeatureType.Float16;

    /// <summary>By row: what earlier runs could not use.</summary>
    private Dictionary<int, BadItem> KnownBad(ModalitySpecification modality)
    {
        var known = new Dictionary<int, BadItem>();
        foreach (var note in _store.Notes(modality))
        {
            foreach (var bad in BadItem.Read(note.Text))
            {
                if (note.RowOf(bad.Row) is var row and >= 0)
                    known.TryAdd(row, bad with { Row = row });
            }
        }

        return known;
    }

    private void ReportPending(ModalityWriter writer, string fingerprint)
    {
        var modality = writer.Modality;
        if (writer.PendingRows == 0)
            _context.Log.Information("{Modality:l}: up to date ({Encoder:l}, {Fingerprint:l})", modality.Name, modality.EncoderName, Short(fingerprint));
        else if (writer.Untold > 0)
            _context.Log.Information("{Modality:l}: the store does not say what its rows were made from, as those of earlier versions do not, so {Pending:N0} of {All:N0} items are made again, this once", modality.Name, writer.PendingRows, _store.ItemCount);
        else if (_store.IsGrowing)
            _context.Log.Information("{Modality:l}: {Pending:N0} of {All:N0} items are new, or have another text or picture", modality.Name, writer.PendingRows, _store.ItemCount);
        else if (writer.PendingRows < _store.ItemCount && _store.Partition is null)
            _context.Log.Information("{Modality:l}: {Pending:N0} of {All:N0} items left to do", modality.Name, writer.PendingRows, _store.ItemCount);
    }

    /// <summary>Shows readers the state that the store has grown into; imported vectors, which can't be made from the catalogue, stay as they are.</summary>
    private void Publish()
    {
        foreach (string modality in ExternalFeatures.ImportedInto(_store.Folder))
        {
            int without = _store.KeepAsItIs(modality);
            if (without > 0)
                _context.Log.Warning("{Modality:l}: {Without:N0} of {All:N0} items have no vector, as its vectors were imported; import-features --overwrite brings others", modality, without, _store.ItemCount);
        }

        _store.Publish();
    }

    private void RefuseImported(IEnumerable<ChosenEncoder> encoders)
    {
        foreach (var chosen in encoders)
        {
            if (_imported.Contains(chosen.Name) && _store.Complete.FirstOrDefault(m => m.Name == chosen.Name) is { } old)
                throw new UserErrorException($"the modality '{old.Name}' of the store '{_store.Folder}' was imported ({old.EncoderName}) and can't be made again from the catalogue, but this run would replace it by {chosen.Encoder.Config.Name}; leave that encoder out{LeaveOut(old.Name)}, write into another --out, or add --overwrite.");
        }
    }

    private void ReportStale(ModalitySpecification wanted, string rebuildCommand)
    {
        if (_store.Complete.FirstOrDefault(m => m.Name == wanted.Name) is not { } old || old.MakesSameRowsAs(wanted))
            return;
        if (old.EncoderFingerprint == wanted.EncoderFingerprint)
        {
            _context.Log.Warning("{Modality:l}: made again as {Type} instead of {OldType}", wanted.Name, wanted.Type, old.Type);
            return;
        }

        _context.Log.Warning(
            "{Modality:l}: stale, made by {OldEncoder:l} {OldFingerprint:l}, and the encoder with its preparation is now {Encoder:l} {Fingerprint:l}; its features are made again by this run (alone: {Command:l})",
            wanted.Name, old.EncoderName, old.EncoderFingerprint, wanted.EncoderName, wanted.EncoderFingerprint, rebuildCommand);
    }

    private static string LeaveOut(string modality) => modality is "text" or "image" or "cross" ? $" (--no-{modality})" : "";

    private string RebuildCommand(ChosenEncoder chosen, IReadOnlyList<ChosenEncoder> all)
    {
        var modality = chosen.Encoder.Config.Modality;
        string encoders = string.Join(',', all.Where(other => other.Encoder.Config.Modality == modality).Select(other => other.Given));
        var others = Enum.GetValues<EncoderModality>().Where(other => other != modality).Select(other => $" --no-{Word(other)}");
        return $"unim2rec-extract run --dataset {_dataset.Folder} --out {_store.Folder} --{Word(modality)} {encoders}{string.Concat(others)}";

        static string Word(EncoderModality name) => name.ToString().ToLowerInvariant();
    }

    /// <summary>Bad pictures and vectors take their place in the list by the line of their item, for which the items are read a second time.</summary>
    private long ListRejects(string path)
    {
        using var rejects = new RejectLog(path, _settings.MaxRejectRate, waits: true, storage: _storage);
        using var fingerprint = new CatalogueFingerprint();
        int row = 0;
        foreach (string domain in _dataset.Domains)
        {
            fingerprint.AppendDomain(domain);
            using var items = _dataset.OpenItems(domain, rejects);
            while (items.Read())
            {
                fingerprint.AppendItem(items);
                if (_bad.Find(row++) is { } bad)
                    rejects.RejectCurrent($"{(bad.IsVector ? "" : $"picture '{Encoding.UTF8.GetString(items.Image)}' of ")}item '{Encoding.UTF8.GetString(items.ItemId)}': {bad.Reason}");
            }
        }

        if (fingerprint.Finish() != _fingerprint)
            throw new UserErrorException($"The items of {_dataset.Folder} changed while they were extracted, so the features in {_store.Folder} are of their former state; run the same command again, which makes what has changed.");
        rejects.ThrowIfTooMany();
        rejects.Publish();
        return rejects.Rejected;
    }

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
}

/// <summary>What became of an extraction.</summary>
/// <param name="Modalities">Modality by modality, in the order in which they were made.</param>
/// <param name="Rejected">Rows, pictures and vectors that could not be used; they are listed in rejects.csv.</param>
public sealed record ExtractionOutcome(IReadOnlyList<ModalityOutcome> Modalities, long Rejected);
