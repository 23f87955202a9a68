using System.CommandLine;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Extractor.Synthesis;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>synth</c>: generates a marketplace to try things on.</summary>
internal static class SynthCommand
{
    private static readonly SynthSettings Standard = new();
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<int> Seed = WholeNumber.WithDefault("--seed", "The same seed and settings give the same bytes.", Standard.Seed);
    private static readonly Option<int> Users = WholeNumber.WithDefault("--users", "People.", Standard.Users, 1, 50_000_000);
    private static readonly Option<int> Items = WholeNumber.WithDefault("--items", "Items of each domain but the last.", Standard.Items, 1, 1 << 24);
    private static readonly Option<int> Domains = WholeNumber.WithDefault("--domains", "Domains; the last one is the target, smaller and sparser.", Standard.Domains, 1, 8);
    private static readonly Option<double> TargetItemShare = DecimalNumber.Share("--target-item-share", "Size of the last domain as a share of --items.", Standard.TargetItemShare);
    private static readonly Option<double> TasteSharing = DecimalNumber.Share("--taste-sharing", "How alike a person's taste is in all domains.", Standard.TasteSharing);
    private static readonly Option<double> Sequential = DecimalNumber.Share("--sequential-share", "Share of events that follow from the recent ones.", Standard.SequentialShare);
    private static readonly Option<double> Skew = DecimalNumber.Share("--popularity-skew", "Exponent of the popularity distribution.", Standard.PopularitySkew);
    private static readonly Option<double> MissingText = DecimalNumber.Share("--missing-text", "Share of items without text.", Standard.MissingText);
    private static readonly Option<double> MissingImage = DecimalNumber.Share("--missing-image", "Share of items without a picture.", Standard.MissingImage);
    private static readonly Option<double> NoisyText = DecimalNumber.Share("--noisy-text", "Share of items with a wrong text.", Standard.NoisyText);
    private static readonly Option<double> NoisyImage = DecimalNumber.Share("--noisy-image", "Share of items with a wrong picture.", Standard.NoisyImage);
    private static readonly Option<int> ImageSize = WholeNumber.WithDefault("--image-size", "Side of the pictures in pixels.", Standard.ImageSize, 16, 2048);

    private static readonly Option<bool> Overwrite = SharedOptions.Overwrite("Replace a catalogue that is there.");

    public static Command Create() =>
        new Verb(
            "synth",
            "Generate a marketplace with several domains, texts and drawn pictures.",
            "synth --out market",
            "synth --out market --seed 7 --users 10000 --items 1500 --domains 4 --taste-sharing 0.5 --missing-image 0.3")
        {
            Out, Seed, Users, Items, Domains, TargetItemShare, TasteSharing, Sequential, Skew, MissingText, MissingImage, NoisyText, NoisyImage, ImageSize, Overwrite,
        }.Does(Run);

    private static int Run(ParseResult parsed, VerbContext context, ResultWriter results)
    {
        var settings = new SynthSettings
        {
            Seed = parsed.GetValue(Seed),
            Users = parsed.GetValue(Users),
            Items = parsed.GetValue(Items),
            Domains = parsed.GetValue(Domains),
            TargetItemShare = parsed.GetValue(TargetItemShare),
            TasteSharing = parsed.GetValue(TasteSharing),
            SequentialShare = parsed.GetValue(Sequential),
            PopularitySkew = parsed.GetValue(Skew),
            MissingText = parsed.GetValue(MissingText),
            MissingImage = parsed.GetValue(MissingImage),
            NoisyText = parsed.GetValue(NoisyText),
            NoisyImage = parsed.GetValue(NoisyImage),
            ImageSize = parsed.GetValue(ImageSize),
        };
        string folder = parsed.GetRequiredValue(Out);
        CatalogueExport.RequireFree(folder, parsed.GetValue(Overwrite));
        RequireEmpty(folder, parsed.GetValue(Overwrite));
        DomainTable.Print(results, Marketplace.Generate(settings, folder, context.Progress, context.Cancellation), folder);
        DomainTable.SayNext(folder);
        return ExitCodes.Done;
    }

    /// <summary>A made-up catalogue is never mixed with what somebody else keeps in a folder.</summary>
    private static void RequireEmpty(string folder, bool overwrite)
    {
        if (!overwrite && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).FirstOrDefault() is { } found)
            throw new UserErrorException($"'{folder}' is not empty (it holds '{Path.GetFileName(found)}'), and a catalogue is to be made there; give another --out, or --overwrite to write into it all the same.");
    }
}
