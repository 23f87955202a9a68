using System.Diagnostics;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Features;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Makes one modality. A fixed number of windows goes round the stages, so memory does not grow with the catalogue, and a window's buffers
/// are filled again and again.
/// </summary>
public sealed class ModalityExtraction
{
    private const int TextWindow = 1024;
    private readonly EncoderPack _pack;
    private readonly ExtractionSettings _settings;
    private readonly EncoderSession[] _sessions;
    private readonly ITextTokenizer? _tokenizer;

    /// <summary>For one encoder, opened.</summary>
    /// <param name="pack">The encoder.</param>
    /// <param name="sessions">Its session, and siblings of it where several batches are to be encoded at a time.</param>
    /// <param name="tokenizer">Its tokenizer, or null.</param>
    /// <param name="settings">Settings of the run.</param>
    public ModalityExtraction(EncoderPack pack, IEnumerable<EncoderSession> sessions, ITextTokenizer? tokenizer, ExtractionSettings settings)
    {
        _pack = pack;
        _sessions = [.. sessions];
        _tokenizer = tokenizer;
        _settings = settings;
    }

    /// <summary>Makes the pending shards.</summary>
    /// <param name="reader">Gives the items.</param>
    /// <param name="writer">Takes the shards.</param>
    /// <param name="badPictures">Takes the pictures that can't be used.</param>
    /// <param name="itemCount">Rows of the whole run.</param>
    /// <param name="progress">Shows the rows made.</param>
    /// <param name="cancellation">Leaves; shards that are complete are kept.</param>
    /// <exception cref="UserErrorException">The encoder fails or a shard can't be written.</exception>
    public ModalityOutcome Run(RowReader reader, ModalityWriter writer, BadPictures badPictures, int itemCount, IProgressSink progress, CancellationToken cancellation)
    {
        var (start, inSession, rows) = (Stopwatch.GetTimestamp(), TimeInSessions(), writer.PendingRows);
        BatchPlan[] plans = [.. _sessions.Select(session => CreatePlan(_pack, _settings, session.FixedShapes))];
        ExtractionStages? stages = null;
        if (rows > 0)
        {
            if (_sessions[0].FixedShapes)
                WarmUp(plans[0], cancellation);
            using var task = progress.Start($"{writer.Modality.Name} ({_pack.Config.Name})", rows, "items");
            using var assembly = new ShardAssembly(writer, _pack.Config.Modality, badPictures);
            stages = new ExtractionStages(_pack, _tokenizer, [.. _sessions.Zip(plans)], _settings.EffectiveThreads(), CreateWindow);
            stages.Run(reader, writer.Pending, assembly, task, cancellation);
        }

        var (present, failed) = (stages?.Present ?? 0, stages?.Failed ?? 0);
        var padded = plans.Sum(plan => plan.PaddedTokens);
        return new(
            writer.Modality.Name, _pack.Config.Name, rows, itemCount - rows, present, rows - present - failed, failed,
            padded == 0 ? double.NaN : 1 - (double)plans.Sum(plan => plan.Tokens) / padded,
            Stopwatch.GetElapsedTime(start).TotalSeconds, (TimeInSessions() - inSession).TotalSeconds / _sessions.Length, stages?.AllocatedBytesPerItem ?? 0);
    }

    /// <summary>How an encoder's windows are cut into batches.</summary>
    internal static BatchPlan CreatePlan(EncoderPack pack, ExtractionSettings settings, bool fixedShapes)
    {
        var spec = pack.Config.Tokenizer;
        int[]? lengths = spec switch
        {
            null => fixedShapes ? [0] : null,
            { PadToMaxLength: true } => [spec.MaxLength],
            _ => fixedShapes ? BatchPlan.LengthBuckets(spec.MaxLength) : null,
        };
        var budget = spec?.Type is TokenizerType.Ngrams or TokenizerType.HashedNgrams ? settings.TermBudget : settings.TokenBudget;
        return new(budget, pack.Config.Image is null ? settings.MaxBatchItems : settings.MaxBatchPictures, lengths, fixedShapes);
    }

    /// <summary>Rows that are prepared together.</summary>
    internal static int WindowRows(EncoderPack pack, ExtractionSettings settings) => pack.Config.Image is null ? TextWindow : settings.MaxBatchPictures;

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
        var image = _pack.Config.Image;
        return new(WindowRows(_pack, _settings), _tokenizer?.MaxLength ?? 0, _tokenizer?.HasWeights ?? false, image?.Size ?? 0, _sessions[0].Width, _tokenizer?.PaddingId ?? 0);
    }
}
