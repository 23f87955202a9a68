using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using UniM2Rec.Catalogue;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Encoders.Tokenizers;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Benchmarks;

/// <summary>The same model over batches that lie ready as tensors: what a pipeline without any cost of its own would reach.</summary>
internal sealed class BareSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly List<OrtValue[]> _batches = [];
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private int _items;

    public BareSession(EncoderFolder encoder, Dataset dataset, ExtractionSettings settings)
    {
        using var probe = EncoderSession.Open(encoder, new SessionSettings());
        using var options = EncoderSession.CreateOptions(new SessionSettings { Threads = settings.EffectiveThreads() });
        _session = new InferenceSession(encoder.ModelPath, options);
        _inputs = [.. probe.Inputs.Select(i => i.Name)];
        _outputs = [probe.OutputName];
        Load(encoder, probe, dataset, settings);
    }

    /// <summary>Items a second over all batches once.</summary>
    public double Measure()
    {
        long start = Stopwatch.GetTimestamp();
        foreach (var batch in _batches)
        {
            using var outputs = _session.Run(_run, _inputs, batch, _outputs);
        }

        return _items / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose()
    {
        foreach (var value in _batches.SelectMany(batch => batch))
            value.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private void Load(EncoderFolder encoder, EncoderSession probe, Dataset dataset, ExtractionSettings settings)
    {
        var tokenizer = TextTokenizers.Open(encoder);
        using var rejects = new RejectLog(csvPath: null);
        using var scan = CatalogueScan.Of(dataset, new ItemText(settings.TextFields), rejects, spool: true, CancellationToken.None);
        var reader = scan.Spool!.Read();
        var preparation = new ItemPreparation(encoder, tokenizer, probe.ReadsMissingText);
        var plan = ModalityExtraction.CreatePlan(encoder, settings, fixedShapes: false);
        while (true)
        {
            var window = new PreparedItems(ModalityExtraction.WindowRows(encoder, settings), tokenizer?.MaxLength ?? 0, tokenizer?.HasWeights ?? false, encoder.Config.Image?.Size ?? 0, probe.Width, tokenizer?.PaddingId ?? 0);
            while (window.Count < window.Capacity && reader.Next())
                reader.AddTo(window);
            if (window.Count == 0)
                return;
            preparation.Prepare(window, CancellationToken.None);
            plan.Plan(window.TokenCounts.AsSpan(0, window.Count), i => window.Has(encoder.Config.Modality, i));
            foreach (var batch in plan.Batches)
            {
                _items += batch.Count;
                int[] rows = plan.Items(batch).ToArray();
                _batches.Add([.. probe.Inputs.Select(input => InputBuffer.Create(input, encoder.ModelPath).Fill(window, rows, batch.Rows, batch.Length))]);
            }
        }
    }
}
