using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Extractor.Pictures;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>The stages of one modality, read → prepare → batch and encode → write, joined by bounded queues.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="tokenizer">Its tokenizer, or null.</param>
/// <param name="encoders">Sessions that encode side by side, each with its plan of batches.</param>
/// <param name="preparing">Windows that are prepared side by side, which picture files are read, and who remembers them.</param>
/// <param name="createWindow">Makes a window's buffers.</param>
internal sealed class ExtractionStages(
    EncoderFolder encoder, ITextTokenizer? tokenizer, IReadOnlyList<(EncoderSession Session, BatchPlan Plan)> encoders, (int Windows, PictureFiles Pictures, SeenPictures? Seen) preparing, Func<PreparedItems> createWindow)
{
    private long _warmRows;
    private long _warmAllocated;
    private long _rows;

    /// <summary>Rows that have the modality.</summary>
    public long Present { get; private set; }

    /// <summary>Rows without it because their picture can't be used.</summary>
    public long Failed { get; private set; }

    /// <summary>Managed memory allocated an item by all threads, from the first window's end on: until then, buffers are made that stay.</summary>
    public double AllocatedBytesPerItem { get; private set; }

    /// <summary>Makes the pending shards.</summary>
    public void Run(RowReader reader, ModalityWriter writer, ShardAssembly assembly, IProgressTask task, CancellationToken cancellation)
    {
        // One window for each worker, and as many that wait before the encoders, so that none of them stands still.
        int count = preparing.Windows + 2 * encoders.Count + 2;
        var (free, read, prepared, encoded) = (Queue(count), Queue(count), Queue(count), Queue(count));
        for (int i = 0; i < count; i++)
            free.Writer.TryWrite(createWindow());
        StageGroup.Run(
            cancellation,
            stop => Read(reader, writer, free.Reader, read.Writer, stop),
            stop => Prepare(read.Reader, prepared.Writer, stop),
            stop => Encode(prepared.Reader, encoded.Writer, stop),
            stop => Write(encoded.Reader, free.Writer, assembly, task, stop)).GetAwaiter().GetResult();
        AllocatedBytesPerItem = _rows == _warmRows ? 0 : (GC.GetTotalAllocatedBytes() - _warmAllocated) / (double)(_rows - _warmRows);
    }

    private static Channel<PreparedItems> Queue(int capacity) => Channel.CreateBounded<PreparedItems>(capacity);

    /// <summary>A window never reaches over the end of a shard, so that what is computed together does not depend on where a run resumed.</summary>
    private static async Task Read(
        RowReader reader, ModalityWriter writer, ChannelReader<PreparedItems> free, ChannelWriter<PreparedItems> output, CancellationToken stop)
    {
        foreach (var shard in writer.Pending)
        {
            int end = shard.FirstRow + shard.Rows;
            PreparedItems? window = null;
            for (int position = shard.FirstRow; position < end; position++)
            {
                for (int row = writer.RowAt(position); reader.Row < row;)
                    reader.Next();
                if (window is null)
                {
                    window = await free.ReadAsync(stop);
                    window.Restart(position);
                }

                reader.AddTo(window);
                if (window.Count < window.Capacity && position + 1 < end)
                    continue;
                await output.WriteAsync(window, stop);
                window = null;
            }
        }

        output.Complete();
    }

    private async Task Prepare(ChannelReader<PreparedItems> input, ChannelWriter<PreparedItems> output, CancellationToken stop)
    {
        await StageGroup.Run(stop, [.. Enumerable.Range(0, preparing.Windows).Select(_ => (Func<CancellationToken, Task>)(async inner =>
        {
            var preparation = new ItemPreparation(encoder, tokenizer, encoders[0].Session.ReadsMissingText, preparing.Pictures, preparing.Seen);
            await foreach (var window in input.ReadAllAsync(inner))
            {
                preparation.Prepare(window, inner);
                await output.WriteAsync(window, inner);
            }
        }))]);
        output.Complete();
    }

    private async Task Encode(ChannelReader<PreparedItems> input, ChannelWriter<PreparedItems> output, CancellationToken stop)
    {
        await StageGroup.Run(stop, [.. encoders.Select(encoder => (Func<CancellationToken, Task>)(async inner =>
        {
            await foreach (var window in input.ReadAllAsync(inner))
            {
                Encode(window, encoder.Session, encoder.Plan, inner);
                await output.WriteAsync(window, inner);
            }
        }))]);
        output.Complete();
    }

    private void Encode(PreparedItems window, EncoderSession session, BatchPlan plan, CancellationToken stop)
    {
        plan.Plan(window.TokenCounts.AsSpan(0, window.Count), item => window.Has(encoder.Config.Modality, item));
        foreach (var batch in plan.Batches)
        {
            stop.ThrowIfCancellationRequested();
            session.Encode(window, plan.Items(batch), batch.Rows, batch.Length);
        }
    }

    private async Task Write(ChannelReader<PreparedItems> input, ChannelWriter<PreparedItems> free, ShardAssembly assembly, IProgressTask task, CancellationToken stop)
    {
        await foreach (var window in input.ReadAllAsync(stop))
        {
            var (present, failed) = assembly.Add(window);
            Present += present;
            Failed += failed;
            _rows += window.Count;
            if (_warmRows == 0)
                (_warmRows, _warmAllocated) = (_rows, GC.GetTotalAllocatedBytes());
            task.Advance(window.Count);
            await free.WriteAsync(window, stop);
        }
    }
}

/// <summary>Runs stages side by side; the first that fails stops the others.</summary>
internal static class StageGroup
{
    /// <summary>Completes when all stages have.</summary>
    /// <exception cref="OperationCanceledException">Cancelled from outside.</exception>
    public static async Task Run(CancellationToken cancellation, params Func<CancellationToken, Task>[] stages)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? first = null;
        var running = stages.Select(stage => Task.Run(async () =>
        {
            try
            {
                await stage(stop.Token);
            }
            catch (Exception failure)
            {
                // What follows the first failure are the cancellations that it causes.
                Interlocked.CompareExchange(ref first, failure, null);
                await stop.CancelAsync();
            }
        }, CancellationToken.None)).ToArray();
        await Task.WhenAll(running);
        if (first is not null)
            ExceptionDispatchInfo.Throw(first);
    }
}
