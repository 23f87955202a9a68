using Serilog;
using Spectre.Console;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Extractor.Synthesis;
using UniM2Rec.Models.Encoders;
using UniM2Rec.Tests.Testing;
using Progress = UniM2Rec.Diagnostics.Progress;

namespace UniM2Rec.Benchmarks;

/// <summary>Extraction and bare session in turns, so that both see the same machine; the ratio is what holds.</summary>
internal static class ExtractionBenchmark
{
    public static int Run(int items, int pictureSide, int rounds, string? mobileNet, IReadOnlyList<string> names)
    {
        using var folder = new TemporaryFolder();
        Marketplace.Generate(
            new SynthSettings { Users = 50, Items = items, Domains = 1, TargetItemShare = 1, ImageSize = pictureSide, MissingText = 0, MissingImage = 0 }, folder["market"], Progress.None, CancellationToken.None);
        var dataset = Dataset.Open(folder["market"]);
        var encoders = new BenchmarkPacks(folder, dataset, mobileNet);
        var table = new Table();
        foreach (string? column in new[] { "encoder", "bare items/s", "run items/s", "run : bare", "outside session", "padding", "managed bytes an item" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (string name in names)
        {
            if (encoders.Make(name) is { } encoder)
                table.AddRow([name, .. Compare(folder, dataset, encoder, encoders.EncodersFolder, rounds)]);
            else
                Console.Error.WriteLine($"{name}: left out, give its file");
        }

        ResultConsole.Create().Write(table);
        return 0;
    }

    private static IEnumerable<string> Compare(TemporaryFolder folder, Dataset dataset, EncoderFolder encoder, string encoders, int rounds)
    {
        string name = Path.GetFileName(encoder.Folder);
        var settings = new ExtractionSettings
        {
            Text = encoder.Config.Modality == EncoderModality.Text ? name : "",
            Image = encoder.Config.Modality == EncoderModality.Image ? name : "",
            Cross = encoder.Config.Modality == EncoderModality.Cross ? name : "",
            Encoders = encoders,
            Device = "cpu",
        };
        using var bare = new BareSession(encoder, dataset, settings);
        bare.Measure();
        var results = new List<(double Bare, double Run, ModalityOutcome Outcome)>();
        for (int round = 0; round < rounds; round++)
        {
            double before = bare.Measure();
            var outcome = Extract(dataset, folder[$"{name}-{round}"], settings);
            double after = bare.Measure();
            results.Add(((before + after) / 2, outcome.Present / outcome.Seconds, outcome));
            Directory.Delete(folder[$"{name}-{round}"], recursive: true);
        }

        var (rate, run, middle) = results.OrderBy(r => r.Run / r.Bare).ElementAt(rounds / 2);
        return
        [
            $"{rate:N0}", $"{run:N0}", $"{run / rate:N3}", $"{1 - middle.SecondsInSession / middle.Seconds:P1}",
            double.IsNaN(middle.PadRatio) ? "-" : $"{middle.PadRatio:P1}", $"{middle.AllocatedBytesPerItem:N0}",
        ];
    }

    private static ModalityOutcome Extract(Dataset dataset, string store, ExtractionSettings settings)
    {
        using var log = new LoggerConfiguration().CreateLogger();
        return Extraction.Run(dataset, store, settings, new WorkContext(log, Progress.None)).Modalities.Single();
    }
}
