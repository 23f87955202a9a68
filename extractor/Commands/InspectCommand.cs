using System.CommandLine;
using System.Numerics.Tensors;
using Spectre.Console;
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
        }.Does((parsed, context) =>
        {
            StoreTable.Print(parsed.GetRequiredValue(Features), parsed.GetRequiredValue(Encoders), context.Cancellation);
            return ExitCodes.Done;
        });
}

/// <summary>The tables of <c>inspect</c>: modalities, and domains with the share of items that have each modality.</summary>
internal static class StoreTable
{
    private const int Sample = 256;

    public static void Print(string folder, string? encoders = null, CancellationToken cancellation = default)
    {
        using var store = FeatureStore.Open(folder);
        var modalities = store.ModalityNames.Select(store.Modality).ToArray();
        var console = ResultConsole.Create();
        console.WriteLine($"catalogue {store.DatasetName}, {store.ItemCount:N0} items, fingerprint {store.DatasetFingerprint}");
        console.Write(Modalities(store, modalities, encoders is null ? [] : [encoders, Path.Combine(folder, EncoderResolution.OwnEncoders)], cancellation));
        console.Write(Domains(store, modalities));
    }

    private static Table Modalities(FeatureStore store, ModalityFeatures[] modalities, string[] encoders, CancellationToken cancellation)
    {
        var table = new Table().AddColumn("modality").AddColumn("encoder").AddColumn("fingerprint");
        foreach (string? column in new[] { "width", "type", "present", "missing", "mean length" })
            table.AddColumn(new TableColumn(column).RightAligned());
        if (encoders.Length > 0)
            table.AddColumn("state");
        foreach (var m in modalities)
        {
            string[] cells =
            [
                Markup.Escape(m.Name), Markup.Escape(m.EncoderName), m.EncoderFingerprint[..Math.Min(12, m.EncoderFingerprint.Length)], $"{m.Width}", $"{m.Type}",
                $"{m.PresentCount:N0}", $"{store.ItemCount - m.PresentCount:N0}", $"{MeanLength(store, m):N3}",
            ];
            table.AddRow(encoders.Length == 0 ? cells : [.. cells, Markup.Escape(FeatureFreshness.Of(m, encoders, cancellation))]);
        }

        return table;
    }

    private static Table Domains(FeatureStore store, ModalityFeatures[] modalities)
    {
        var table = new Table().AddColumn("domain").AddColumn(new TableColumn("items").RightAligned());
        foreach (var m in modalities)
            table.AddColumn(new TableColumn($"with {Markup.Escape(m.Name)}").RightAligned());
        foreach (var domain in store.Domains)
        {
            var counts = modalities.Select(m => Enumerable.Range(domain.FirstRow, domain.Count).Count(m.IsPresent));
            table.AddRow([Markup.Escape(domain.Name), $"{domain.Count:N0}", .. counts.Select(c => $"{c:N0}")]);
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
