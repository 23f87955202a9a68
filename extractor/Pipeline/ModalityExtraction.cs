using System.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Makes one modality. A fixed number of windows goes round the stages, so memory does not grow with the catalogue, and a window's buffers
/// are filled again and again.
/// </summary>
public sealed class ModalityExtraction
{
    private const int TextWindow = 1024;

    /// <summary>Numbers of a picture or ids of texts that are prepared together, at most: a window is held for each thread.</summary>
    private const long LargestWindow = 1 << 26;

    private readonly EncoderFolder _encoder;
    private readonly ExtractionSettings _settings;
    private readonly EncoderSession[] _sessions;
    private readonly ITextTokenizer? _tokenizer;
    private readonly PictureFiles _pictures;
    private readonly SeenPictures? _seen;

    /// <summary>For one encoder, opened.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="sessions">Its session, and siblings of it where several batches are to be encoded at a time.</param>
    /// <param name="tokenizer">Its tokenizer, or null.</param>
    /// <param name="settings">Settings of the run.</param>
    /// <param name="pictures">Which picture files are read; null = any, as large as the settings allow.</param>
    /// <param name="seen">Takes the hashes of the pictures that are read; null for nobody.</param>
    public ModalityExtraction(
        EncoderFolder encoder, IEnumerable<EncoderSession> sessions, ITextTokenizer? tokenizer, ExtractionSettings settings, PictureFiles? pictures = null, SeenPictures? seen = null)
    {
        _seen = seen;
        _pictures = pictures ?? new PictureFiles(null, settings.PictureLimits());
        _encoder = encoder;
        _sessions = [.. sessions];
        _tokenizer = tokenizer;
        _settings = settings;
    }

    /// <summary>Makes the pending shards.</summary>
    /// <param name="reader">Gives the items.</param>
    /// <param name="writer">Takes the shards.</param>
    /// <param name="badItems">Takes the pictures that can't be used.</param>
    /// <param name="itemCount">Rows of the whole run.</param>
    /// <param name="progress">Shows the rows made.</param>
    /// <param name="cancellation">Leaves; shards that are complete are kept.</param>
    /// <exception cref="UserErrorException">The encoder fails or a shard can't be written.</exception>
    public ModalityOutcome Run(RowReader reader, ModalityWriter writer, BadItems badItems, int itemCount, IProgressSink progress, CancellationToken cancellation)
    {
        var (start, inSession, rows) = (Stopwatch.GetTimestamp(), TimeInSessions(), writer.PendingRows);
        BatchPlan[] plans = [.. _sessions.Select(session => CreatePlan(_encoder, _settings, session.FixedShapes))];
        ExtractionStages? stages = null;
        if (rows > 0)
        {
            if (_sessions[0].FixedShapes)
                WarmUp(plans[0], cancellation);
            using var task = progress.Start($"{writer.Modality.Name} ({_encoder.Config.Name})", rows, "items");
            using var assembly = new ShardAssembly(writer, _encoder.Config.Modality, badItems);
            stages = new ExtractionStages(_encoder, _tokenizer, [.. _sessions.Zip(plans)], (_settings.EffectiveThreads(), _pictures, _seen), CreateWindow);
            stages.Run(reader, writer, assembly, task, cancellation);
        }

        var (present, failed) = (stages?.Present ?? 0, stages?.Failed ?? 0);
        long padded = plans.Sum(plan => plan.PaddedTokens);
        return new(
            writer.Modality.Name, _encoder.Config.Name, rows, itemCount - rows, present, rows - present - failed, failed,
            padded == 0 ? double.NaN : 1 - (double)plans.Sum(plan => plan.Tokens) / padded,
            Stopwatch.GetElapsedTime(start).TotalSeconds, (TimeInSessions() - inSession).TotalSeconds / _sessions.Length, stages?.AllocatedBytesPerItem ?? 0);
    }

    /// <summary>How an encoder's windows are cut into batches.</summary>
    internal static BatchPlan CreatePlan(EncoderFolder encoder, ExtractionSettings settings, bool fixedShapes)
    {
        var spec = encoder.Config.Tokenizer;
        int[]? lengths = spec switch
        {
            null => fixedShapes ? [0] : null,
            { PadToMaxLength: true } => [spec.MaxLength],
            _ => fixedShapes ? BatchPlan.LengthBuckets(spec.MaxLength) : null,
        };
        int budget = spec?.Type is TokenizerType.Ngrams or TokenizerType.HashedNgrams ? settings.TermBudget : settings.TokenBudget;
        return new(budget, encoder.Config.Image is null ? settings.MaxBatchItems : settings.MaxBatchPictures, lengths, fixedShapes);
    }

    /// <summary>Rows that are prepared together.</summary>
    internal static int WindowRows(EncoderFolder encoder, ExtractionSettings settings)
    {
        var (image, tokenizer) = (encoder.Config.Image, encoder.Config.Tokenizer);
        long rows = image is null ? TextWindow : Math.Min(settings.MaxBatchPictures, LargestWindow / (3L * image.Size * image.Size));
        return (int)Math.Max(Math.Min(rows, tokenizer is null ? rows : LargestWindow / tokenizer.MaxLength), 1);
    }

    /// <summary>The largest shape first, so that memory is taken once and then divided.</summary>
    private void WarmUp(BatchPlan plan, CancellationToken cancellation)
    {
        foreach (var (rows, length) in plan.Shapes)
        {
            cancellation.ThrowIfCancellationRequested();
            _sessions[0].WarmUp(rows, length);
        }
    }

    private TimeSpan TimeInSessions() => _sessions.Aggregate(TimeSpan.Zero, (sum, session) => sum + session.TimeInSession);

    private PreparedItems CreateWindow()
    {
        var image = _encoder.Config.Image;
        return new(WindowRows(_encoder, _settings), _tokenizer?.MaxLength ?? 0, _tokenizer?.HasWeights ?? false, image?.Size ?? 0, _sessions[0].Width, _tokenizer?.PaddingId ?? 0);
    }
}

/// <summary>What became of one modality in a run.</summary>
/// <param name="Name">The modality.</param>
/// <param name="Encoder">Name of the encoder.</param>
/// <param name="Rows">Rows that were made now.</param>
/// <param name="Kept">Rows that an earlier run had made.</param>
/// <param name="Present">Rows made now that have the modality.</param>
/// <param name="Missing">Rows made now whose item has no text or no picture.</param>
/// <param name="Failed">Rows made now whose picture can't be used.</param>
/// <param name="PadRatio">Padding as a share of all tokens encoded; NaN where there were none.</param>
/// <param name="Seconds">Time taken.</param>
/// <param name="SecondsInSession">Of this, time inside ONNX Runtime.</param>
/// <param name="AllocatedBytesPerItem">Managed memory allocated an item, by all threads.</param>
public sealed record ModalityOutcome(
    string Name, string Encoder, long Rows, long Kept, long Present, long Missing, long Failed, double PadRatio, double Seconds, double SecondsInSession, double AllocatedBytesPerItem);

/// <summary>Whether a store's features are those of the encoders as they are now.</summary>
internal static class FeatureFreshness
{
    /// <summary>What became of the encoder that made a modality, in a few words.</summary>
    /// <param name="modality">The features.</param>
    /// <param name="folders">Folders in which encoders are looked for.</param>
    /// <param name="cancellation">Stops.</param>
    public static string Of(ModalityFeatures modality, IEnumerable<string> folders, CancellationToken cancellation)
    {
        var encoders = folders.Where(Directory.Exists).SelectMany(Directory.GetDirectories).Order(StringComparer.Ordinal).Select(TryOpen)
            .Where(encoder => encoder is not null && encoder.Config.Name == modality.EncoderName && ModalityNaming.Fits(modality.Name, encoder)).Select(encoder => encoder!).ToArray();
        if (encoders.Length == 0)
            return "encoder not found";
        return encoders.Any(encoder => AreFrom(encoder, modality, cancellation)) ? "up to date" : $"stale, encoder is now {Short(encoders[0].Fingerprint(cancellation))}";
    }

    /// <summary>What a store has from an encoder, in a few words.</summary>
    public static string Of(EncoderFolder encoder, FeatureStore store, CancellationToken cancellation)
    {
        var fitting = store.ModalityNames.Where(name => ModalityNaming.Fits(name, encoder)).Select(store.Modality).ToArray();
        if (fitting.Length == 0)
            return "none";
        if (fitting.Any(features => AreFrom(encoder, features, cancellation)))
            return "up to date";
        var modality = fitting.FirstOrDefault(features => features.EncoderName == encoder.Config.Name) ?? fitting[0];
        return modality.EncoderName == encoder.Config.Name ? $"stale, made by {Short(modality.EncoderFingerprint)}" : $"made by {modality.EncoderName}";
    }

    private static bool AreFrom(EncoderFolder encoder, ModalityFeatures features, CancellationToken cancellation) =>
        FeatureFingerprint.MayBe(features.EncoderFingerprint, encoder, cancellation);

    private static EncoderFolder? TryOpen(string folder)
    {
        try
        {
            return File.Exists(Path.Combine(folder, EncoderFolder.ConfigFile)) ? EncoderFolder.Open(folder) : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private static string Short(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
}
