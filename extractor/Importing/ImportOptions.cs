using System.CommandLine;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Options that several importers have.</summary>
internal static class ImportOptions
{
    public static Option<string?> Images() =>
        new("--images") { Description = "Local folder of pictures that are named by item id (ID.jpg, .png, ...); nothing is downloaded.", HelpName = "folder" };

    public static Option<double> MinimumRating() => DecimalNumber.WithDefault("--min-rating", "Leave out events rated lower.", 0);

    public static Option<int> KCore(int standard) =>
        WholeNumber.WithDefault("--k-core", "Drop users and items with fewer events, again and again until none is left (0 = keep all).", standard, 0);

    public static Option<bool> KeepItemsWithoutText() => new("--keep-items-without-text") { Description = "Keep items without any text." };
}
