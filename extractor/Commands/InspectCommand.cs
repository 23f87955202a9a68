using System.CommandLine;
using System.Numerics.Tensors;
using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>inspect</c>: what a store holds.</summary>
internal static class InspectCommand
{
    private static readonly Option<string> Features = SharedOptions.Features();
    private static readonly Option<string> Encoders = new("--encoders") { Description = "Folder of the encoders that the features are compared with, beside those in the store.", DefaultValueFactory = _ => new ExtractionSettings().Encoders, HelpName = "folder" };

    public static Command Create() =>
        new Verb("inspect", "Show what a feature store holds, and whether the encoders that made it have changed.", "inspect --features features")
        {
            Features, Encoders,
        }.Does((parsed, context, results) =>
        {
            StoreTable.Print(results, parsed.GetRequiredValue(Features), parsed.GetRequiredValue(Encoders), context.Cancellation);
            return ExitCodes.Done;
        });
}

/// <summary>The tables of <c>inspect</c>: modalities, and domains with the share of items that have each modality.</summary>
internal static class StoreTable
{
    private const int Sample = 256;

    public static void Print(ResultWriter results, string folder, string? encoders = null, CancellationToken cancellation = default)
    {
        using var store = FeatureStore.Open(folder);
        var modalities = store.ModalityNames.Select(store.Modality).ToArray();
        results.Say($"catalogue {store.DatasetName}, {store.ItemCount:N0} items, fingerprint {store.DatasetFingerprint[..Math.Min(12, store.DatasetFingerprint.Length)]}");
        results.Set("catalogue", store.DatasetName);
        results.Set("items", store.ItemCount);
        results.Set("fingerprint", store.DatasetFingerprint);
        results.Say("");
        results.Add(Modalities(store, modalities, encoders is null ? [] : [encoders, Path.Combine(folder, StoreLayout.EncodersFolder)], cancellation));
        results.Say("");
        results.Add(Domains(store, modalities));
    }

    private static ResultTable Modalities(FeatureStore store, ModalityFeatures[] modalities, string[] encoders, CancellationToken cancellation)
    {
        bool withState = encoders.Length > 0;
        var table = new ResultTable("modalities", "modality").Text("encoder").Number("width").Number("present").Number("missing");
        if (withState) table.Text("state");
        table.Text("type", isWide: true).Number("mean length", isWide: true).Text("fingerprint", isWide: true);
        foreach (var m in modalities)
        {
            ResultCell[] shown = [m.Name, m.EncoderName, ResultCell.Count(m.Width), ResultCell.Count(m.PresentCount), ResultCell.Count(store.ItemCount - m.PresentCount)];
            ResultCell[] state = withState ? [FeatureFreshness.Of(m, encoders, cancellation)] : [];
            table.Row([.. shown, .. state, $"{m.Type}", ResultCell.Decimal(MeanLength(store, m), 3), m.EncoderFingerprint[..Math.Min(12, m.EncoderFingerprint.Length)]]);
        }

        return table;
    }

    private static ResultTable Domains(FeatureStore store, ModalityFeatures[] modalities)
    {
        var table = new ResultTable("domains", "domain").Number("items");
        foreach (var m in modalities)
            table.Number($"with {m.Name}");
        foreach (var domain in store.Domains)
        {
            var counts = modalities.Select(m => Enumerable.Range(domain.FirstRow, domain.Count).Count(m.IsPresent));
            table.Row([domain.Name, ResultCell.Count(domain.Count), .. counts.Select(c => ResultCell.Count(c))]);
        }

        return table;
    }

    /// <summary>Mean Euclidean length over rows spread evenly over the store.</summary>
    private static double MeanLength(FeatureStore store, ModalityFeatures modality)
    {
        float[] vector = new float[modality.Width];
        var (sum, count) = (0.0, 0);
        for (long i = 0; i < Math.Min(Sample, store.ItemCount); i++)
        {
            int row = (int)(i * store.ItemCount / Math.Min(Sample, store.ItemCount));
            if (!modality.IsPresent(row))
                continue;
            modality.ReadRow(row, vector);
            sum += TensorPrimitives.Norm<float>(vector);
            count++;
        }

        return count == 0 ? 0 : sum / count;
    }
}
