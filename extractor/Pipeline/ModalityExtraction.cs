using System.Diagnostics;
using System.Threading.Channels;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Features;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>
/// Makes one modality: read → prepare → batch → encode → write, the stages joined by bounded queues. A fixed number of windows goes round,
/// so memory does not grow with the catalogue, and a window's buffers are filled again and again.
/// </summary>
public sealed class ModalityExtraction
{
    private const int TextWindow = 1024;
    private readonly EncoderPack _pack;
    private readonly ExtractionSettings _settings;
    private readonly EncoderSession _session;
    private readonly ITextTokenizer? _tokenizer;
    private readonly BadPictures _badPictures;
    private readonly BatchPlan _plan;
    private long _present;
    private long _failed;

    /// <summary>For one encoder, opened.</summary>
    public ModalityExtraction(EncoderPack pack, EncoderSession session, ITextTokenizer? tokenizer, ExtractionSettings settings, BadPictures badPictures)
    {
        _pack = pack;
        _session = session;
        _tokenizer = tokenizer;
        _settings = settings;
        _badPictures = badPictures;
        _plan = CreatePlan(pack, settings, session.FixedShapes);
    }

    /// <summary>Makes the pending shards.</summary>
    /// <param name="reader">Gives the items.</param>
    /// <param name="writer">Takes the shards.</param>
    /// <param name="itemCount">Rows of the whole run.</param>
    /// <param name="progress">Shows the rows made.</param>
    /// <param name="cancellation">Leaves; shards that are complete are kept.</param>
    /// <exception cref="UserErrorException">The encoder fails or a shard can't be written.</exception>
    public ModalityOutcome Run(RowReader reader, ModalityWriter writer, int itemCount, IProgressSink progress, CancellationToken cancellation)
    {
        var pending = writer.Pending;
        var rows = writer.PendingRows;
        // Two windows wait before each of the preparers and the encoder, so that neither stands still.
        PreparedItems[] windows = rows == 0 ? [] : [.. Enumerable.Range(0, _settings.EffectiveThreads() + 4).Select(_ => CreateWindow())];
        var (start, allocated, inSession) = (Stopwatch.GetTimestamp(), GC.GetTotalAllocatedBytes(), _session.TimeInSession);
        if (rows > 0)
        {
            if (_session.FixedShapes)
                WarmUp(cancellation);
            using var task = progress.Start($"{writer.Modality.Name} ({_pack.Config.Name})", rows, "items");
            using var assembly = new ShardAssembly(writer);
            Stages(windows, reader, pending, assembly, task, cancellation).GetAwaiter().GetResult();
        }

        return new(
            writer.Modality.Name, _pack.Config.Name, rows, itemCount - rows, _present, rows - _present - _failed, _failed,
            _plan.PaddedTokens == 0 ? double.NaN : 1 - (double)_plan.Tokens / _plan.PaddedTokens,
            Stopwatch.GetElapsedTime(start).TotalSeconds, (_session.TimeInSession - inSession).TotalSeconds,
            rows == 0 ? 0 : (GC.GetTotalAllocatedBytes() - allocated) / (double)rows);
    }

    private Task Stages(
        PreparedItems[] windows, RowReader reader, IReadOnlyList<ShardRange> pending, ShardAssembly assembly, IProgressTask task, CancellationToken cancellation)
    {
        var free = Channel.CreateBounded<PreparedItems>(windows.Length);
        var read = Channel.CreateBounded<PreparedItems>(windows.Length);
        var prepared = Channel.CreateBounded<PreparedItems>(windows.Length);
        var encoded = Channel.CreateBounded<PreparedItems>(windows.Length);
        foreach (var window in windows)
            free.Writer.TryWrite(window);
        return StageGroup.Run(
            cancellation,
            stop => ReadStage(reader, pending, free.Reader, read.Writer, stop),
            stop => PrepareStage(_settings.EffectiveThreads(), read.Reader, prepared.Writer, stop),
            stop => EncodeStage(prepared.Reader, encoded.Writer, stop),
            stop => WriteStage(encoded.Reader, free.Writer, assembly, task, stop));
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

    /// <summary>The largest shape first, so that memory is taken once and then divided.</summary>
    private void WarmUp(CancellationToken cancellation)
    {
        foreach (var (rows, length) in _plan.Shapes)
        {
            cancellation.ThrowIfCancellationRequested();
            _session.WarmUp(rows, length);
        }
    }

    /// <summary>Rows that are prepared together.</summary>
    internal static int WindowRows(EncoderPack pack, ExtractionSettings settings) => pack.Config.Image is null ? TextWindow : settings.MaxBatchPictures;

    private PreparedItems CreateWindow()
    {
        var image = _pack.Config.Image;
        return new(WindowRows(_pack, _settings), _tokenizer?.MaxLength ?? 0, _tokenizer?.HasWeights ?? false, image?.Size ?? 0, _session.Width, _tokenizer?.PaddingId ?? 0);
    }

    /// <summary>A window never reaches over the end of a shard, so that what is computed together does not depend on where a run resumed.</summary>
    private static async Task ReadStage(
        RowReader reader, IReadOnlyList<ShardRange> pending, ChannelReader<PreparedItems> free, ChannelWriter<PreparedItems> output, CancellationToken stop)
    {
        PreparedItems? window = null;
        var shard = 0;
        foreach (var (row, source) in reader.Read(pending))
        {
            while (row >= pending[shard].FirstRow + pending[shard].Rows)
                shard++;
            if (window is null)
            {
                window = await free.ReadAsync(stop);
                window.Restart(row);
            }

            window.Sources[window.Count++] = source;
            if (window.Count < window.Capacity && row + 1 < pending[shard].FirstRow + pending[shard].Rows)
                continue;
            await output.WriteAsync(window, stop);
            window = null;
        }

        output.Complete();
    }

    private async Task PrepareStage(int preparers, ChannelReader<PreparedItems> input, ChannelWriter<PreparedItems> output, CancellationToken stop)
    {
        await StageGroup.Run(stop, [.. Enumerable.Range(0, preparers).Select(_ => (Func<CancellationToken, Task>)(async inner =>
        {
            var preparation = new ItemPreparation(_pack, _tokenizer, _session.ReadsMissingText);
            await foreach (var window in input.ReadAllAsync(inner))
            {
                preparation.Prepare(window, inner);
                await output.WriteAsync(window, inner);
            }
        }))]);
        output.Complete();
    }

    private async Task EncodeStage(ChannelReader<PreparedItems> input, ChannelWriter<PreparedItems> output, CancellationToken stop)
    {
        PreparedItems? current = null;
        bool Wanted(int item) => IsPresent(current!, item);
        await foreach (var window in input.ReadAllAsync(stop))
        {
            current = window;
            _plan.Plan(window.TokenCounts.AsSpan(0, window.Count), Wanted);
            foreach (var batch in _plan.Batches)
            {
                stop.ThrowIfCancellationRequested();
                _session.Encode(window, _plan.Items(batch), batch.Rows, batch.Length);
            }

            await output.WriteAsync(window, stop);
        }

        output.Complete();
    }

    private async Task WriteStage(ChannelReader<PreparedItems> input, ChannelWriter<PreparedItems> free, ShardAssembly assembly, IProgressTask task, CancellationToken stop)
    {
        await foreach (var window in input.ReadAllAsync(stop))
        {
            for (var i = 0; i < window.Count; i++)
            {
                var isPresent = IsPresent(window, i);
                _present += isPresent ? 1 : 0;
                if (window.ImageDamage[i] is not { } damage)
                    continue;
                _badPictures.Add(window.FirstRow + i, damage);
                _failed += isPresent ? 0 : 1;
            }

            assembly.Add(window, IsPresent);
            task.Advance(window.Count);
            await free.WriteAsync(window, stop);
        }
    }

    /// <summary>An item has the cross modality when it has at least one side.</summary>
    private bool IsPresent(PreparedItems window, int item) => _pack.Config.Modality switch
    {
        EncoderModality.Text => window.HasText[item],
        EncoderModality.Image => window.HasImage[item],
        _ => window.HasText[item] || window.HasImage[item],
    };
}
