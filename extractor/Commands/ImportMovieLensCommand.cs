using System.CommandLine;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;
using UniM2Rec.Extractor.Importing.MovieLens;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import movielens</c>.</summary>
internal static class ImportMovieLensCommand
{
    private const string ByGenre = "genre";
    private static readonly Option<string> From = new("--from") { Description = "Folder of ml-100k, ml-1m, ml-10m, ml-20m or later, as it was unpacked.", Required = true, HelpName = "folder" };
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string> Name = new("--name") { Description = "Name of the catalogue.", DefaultValueFactory = _ => "movielens" };
    private static readonly Option<string> Domains = new("--domains") { Description = "genre: a domain for each first genre; one: all films in one.", DefaultValueFactory = _ => ByGenre };
    private static readonly Option<string?> Images = SharedOptions.Images();
    private static readonly Option<double> MinimumRating = new("--min-rating") { Description = "Leave out events rated lower." };
    private static readonly Option<int> KCore = SharedOptions.Count("--k-core", "Drop users and items with fewer events in a domain, again and again until none is left (0 = keep all).", 0, 0);
    private static readonly Option<double> MaxRejectRate = SharedOptions.MaxRejectRate();

    public static Command Create()
    {
        Domains.AcceptOnlyFromAmong(ByGenre, "one");
        return new ExtractCommand(
            "movielens",
            "MovieLens in its raw forms, as one domain or one for each first genre.",
            "import movielens --from ml-1m --out movielens --images posters",
            "import movielens --from ml-100k --out films --domains one --k-core 5")
        {
            From, Out, Name, Domains, Images, MinimumRating, KCore, MaxRejectRate,
        }.Does(Run);
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var output = parsed.GetRequiredValue(Out);
        var pictures = parsed.GetValue(Images) is { } folder ? new PicturesById(folder) : null;
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore) };
        using var rejects = new RejectLog(Path.Combine(output, "rejects.csv"), parsed.GetValue(MaxRejectRate));
        var domains = MovieLensImporter
            .Read(parsed.GetRequiredValue(From), parsed.GetValue(Domains) == ByGenre, parsed.GetValue(MinimumRating), pictures, rejects, Progress.ForConsole(), cancellation)
            .Select(filter.Apply).ToArray();
        CatalogueExport.Write(output, parsed.GetRequiredValue(Name), domains, pictures is null ? null : Path.GetRelativePath(output, pictures.Folder), cancellation);
        DomainTable.Print(domains, output);
        return ImportOutcome.ExitCode(rejects, output);
    }
}
