using Serilog;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Extractor.Synthesis;
using UniM2Rec.Features;

namespace UniM2Rec.Tests.Testing;

/// <summary>A small generated catalogue and runs over it.</summary>
internal static class Marketplaces
{
    public static readonly SynthSettings Small = new() { Users = 40, Items = 60, Domains = 2, ImageSize = 32, MissingText = 0.1, MissingImage = 0.2 };

    public static readonly ExtractionSettings Fast = new() { Text = "text-hash", Encoders = "none", ShardRows = 32, MaxRejectRate = 0.5 };

    public static Dataset Create(string folder)
    {
        Marketplace.Generate(Small, folder, Progress.None, CancellationToken.None);
        return Dataset.Open(folder);
    }

    public static ExtractionOutcome Run(
        Dataset dataset, string output, ExtractionSettings? settings = null, StorePartition? partition = null, IProgressSink? progress = null, CancellationToken cancellation = default)
    {
        using var log = new LoggerConfiguration().CreateLogger();
        return Extraction.Run(dataset, output, settings ?? Fast, new WorkContext(log, progress ?? Progress.None, cancellation), partition);
    }
}
