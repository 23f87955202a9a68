using System.CommandLine;
using Spectre.Console;
using Progress = UniM2Rec.Diagnostics.Progress;
using UniM2Rec.Catalogue;
using UniM2Rec.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import</c>: other people's forms become a catalogue.</summary>
internal static class ImportCommand
{
    public static Command Create() =>
        new ExtractCommand("import", "Turn a data set in another form into a catalogue.", "import unisrec --from Scientific --out scientific --features scientific-bert", "import recbole --from ml-1m --out ml-1m --k-core 5")
        {
            ImportUniSRecCommand.Create(),
            ImportRecBoleCommand.Create(),
            ImportAmazonCommand.Create(),
            ImportMovieLensCommand.Create(),
        };
}

/// <summary>How an import ends when rows were rejected.</summary>
internal static class ImportOutcome
{
    public static int ExitCode(RejectLog rejects, string folder)
    {
        if (rejects.Rejected == 0)
            return ExitCodes.Done;
        Console.Error.WriteLine($"{rejects.Rejected:N0} of {rejects.Accepted + rejects.Rejected:N0} rows were rejected; they are listed in {Path.Combine(folder, "rejects.csv")}");
        return ExitCodes.DoneWithSkippedItems;
    }
}

/// <summary>The table that closes <c>import</c> and <c>synth</c>.</summary>
internal static class DomainTable
{
    public static void Print(IReadOnlyList<ImportedDomain> domains, string folder)
    {
        var table = new Table().AddColumn("domain");
        foreach (var column in new[] { "items", "users", "events", "events a user", "with text", "with picture" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var domain in domains)
        {
            var users = domain.Interactions.Rows.Select(row => row.User).Distinct().Count();
            var events = domain.Interactions.Rows.Count;
            table.AddRow(
                Markup.Escape(domain.Name), $"{domain.Items.Count:N0}", $"{users:N0}", $"{events:N0}", $"{(users == 0 ? 0 : (double)events / users):N2}",
                $"{domain.Items.Count(i => i.Text.Length + i.Description.Length > 0):N0}", $"{domain.Items.Count(i => i.Image.Length > 0):N0}");
        }

        var console = ResultConsole.Create();
        console.Write(table);
        console.WriteLine($"catalogue: {Path.GetFullPath(folder)}");
    }
}

/// <summary><c>import amazon</c>.</summary>
internal static class ImportAmazonCommand
{
    private static readonly Option<string[]> Reviews = Files("--reviews", "Reviews of a category, JSON lines, plain or .gz; several become several domains.");
    private static readonly Option<string[]> Metadata = Files("--metadata", "Metadata of the same categories, in the same order.");
    private static readonly Option<string[]> Domain = new("--domain") { Description = "Name of the domain, one for each --reviews.", Required = true, AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string> Name = new("--name") { Description = "Name of the catalogue.", DefaultValueFactory = _ => "amazon" };
    private static readonly Option<string?> Images = SharedOptions.Images();
    private static readonly Option<double> MinimumRating = new("--min-rating") { Description = "Leave out reviews with fewer stars." };
    private static readonly Option<int> KCore = SharedOptions.Count("--k-core", "Drop users and items with fewer reviews, again and again until none is left (0 = keep all).", 5, 0);
    private static readonly Option<bool> KeepItemsWithoutText = new("--keep-items-without-text") { Description = "Keep items without any text." };
    private static readonly Option<double> MaxRejectRate = SharedOptions.MaxRejectRate();

    public static Command Create()
    {
        var command = new ExtractCommand(
            "amazon",
            "Amazon Reviews of 2014, 2018 or 2023, with the papers' preprocessing: items without metadata dropped, 5-core, in order of time.",
            "import amazon --reviews Office_Products_5.json.gz --metadata meta_Office_Products.json.gz --domain office --out office",
            "import amazon --reviews food.jsonl.gz home.jsonl.gz --metadata meta_food.jsonl.gz meta_home.jsonl.gz --domain food home --out shop --images pictures")
        {
            Reviews, Metadata, Domain, Out, Name, Images, MinimumRating, KCore, KeepItemsWithoutText, MaxRejectRate,
        }.Does(Run);
        command.Validators.Add(result =>
        {
            var (reviews, metadata, names) = (result.GetValue(Reviews)?.Length, result.GetValue(Metadata)?.Length, result.GetValue(Domain)?.Length);
            if (reviews != metadata || reviews != names)
                result.AddError($"--reviews names {reviews} files, --metadata {metadata} and --domain {names} domains, but as many of each are needed.");
        });
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var output = parsed.GetRequiredValue(Out);
        var pictures = parsed.GetValue(Images) is { } folder ? new PicturesById(folder) : null;
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = parsed.GetValue(KeepItemsWithoutText) };
        using var rejects = new RejectLog(Path.Combine(output, "rejects.csv"), parsed.GetValue(MaxRejectRate));
        var progress = Progress.ForConsole();
        var metadata = parsed.GetRequiredValue(Metadata);
        var names = parsed.GetRequiredValue(Domain);
        var domains = parsed.GetRequiredValue(Reviews)
            .Select((reviews, i) => filter.Apply(AmazonImporter.Read(names[i], reviews, metadata[i], parsed.GetValue(MinimumRating), pictures, rejects, progress, cancellation)))
            .ToArray();
        CatalogueExport.Write(output, parsed.GetRequiredValue(Name), domains, pictures is null ? null : Path.GetRelativePath(output, pictures.Folder), cancellation);
        DomainTable.Print(domains, output);
        return ImportOutcome.ExitCode(rejects, output);
    }

    private static Option<string[]> Files(string name, string description) =>
        new(name) { Description = description, Required = true, AllowMultipleArgumentsPerToken = true, HelpName = "file" };
}

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

/// <summary><c>import recbole</c>.</summary>
internal static class ImportRecBoleCommand
{
    private static readonly AtomicFieldNames Standard = new();
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Folder with NAME.inter and NAME.item; several folders become several domains.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "folder",
    };

    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string?> Name = new("--name") { Description = "Name of the catalogue (default: the first domain's)." };
    private static readonly Option<string[]> Domain = new("--domain") { Description = "Name of the domain, one for each --from.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string[]> Title = Field("--title-field", Standard.Title);
    private static readonly Option<string[]> Category = Field("--category-field", Standard.Category);
    private static readonly Option<string[]> Brand = Field("--brand-field", Standard.Brand);
    private static readonly Option<string[]> Description = Field("--description-field", Standard.Description);
    private static readonly Option<string[]> Image = Field("--image-field", Standard.Image);
    private static readonly Option<double> MinimumRating = new("--min-rating") { Description = "Leave out events rated lower." };
    private static readonly Option<int> KCore = SharedOptions.Count("--k-core", "Drop users and items with fewer events, again and again until none is left (0 = keep all).", 0, 0);
    private static readonly Option<bool> KeepItemsWithoutText = new("--keep-items-without-text") { Description = "Keep items without any text." };
    private static readonly Option<double> MaxRejectRate = SharedOptions.MaxRejectRate();

    public static Command Create() =>
        new ExtractCommand(
            "recbole",
            "RecBole's atomic files (.inter, .item, typed headers).",
            "import recbole --from ml-1m --out ml-1m --k-core 5",
            "import recbole --from books music --domain books music --out shop --title-field name")
        {
            From, Out, Name, Domain, Title, Category, Brand, Description, Image, MinimumRating, KCore, KeepItemsWithoutText, MaxRejectRate,
        }.Does(Run);

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folders = parsed.GetRequiredValue(From);
        var names = parsed.GetValue(Domain) is { Length: > 0 } given ? given : [];
        if (names.Length > 0 && names.Length != folders.Length)
            throw new UserErrorException($"{folders.Length} folders were given by --from, but {names.Length} names by --domain; give one for each, or none.");
        var fields = Standard with
        {
            Title = parsed.GetRequiredValue(Title),
            Category = parsed.GetRequiredValue(Category),
            Brand = parsed.GetRequiredValue(Brand),
            Description = parsed.GetRequiredValue(Description),
            Image = parsed.GetRequiredValue(Image),
        };
        var filter = new StandardFilter { KCore = parsed.GetValue(KCore), KeepItemsWithoutText = parsed.GetValue(KeepItemsWithoutText) };
        var output = parsed.GetRequiredValue(Out);
        using var rejects = new RejectLog(Path.Combine(output, "rejects.csv"), parsed.GetValue(MaxRejectRate));
        var domains = folders.Select((folder, i) =>
        {
            cancellation.ThrowIfCancellationRequested();
            return filter.Apply(AtomicFilesImporter.Read(folder, names.ElementAtOrDefault(i), fields, parsed.GetValue(MinimumRating), rejects));
        }).ToArray();
        CatalogueExport.Write(output, parsed.GetValue(Name) ?? domains[0].Name, domains, domains.Any(d => d.Items.Any(i => i.Image.Length > 0)) ? "images" : null, cancellation);
        DomainTable.Print(domains, output);
        return ImportOutcome.ExitCode(rejects, output);
    }

    private static Option<string[]> Field(string name, string[] standard) =>
        new(name) { Description = "Names of the field; the first that the file has is taken.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => standard };
}

/// <summary><c>import unisrec</c>.</summary>
internal static class ImportUniSRecCommand
{
    private static readonly Option<string[]> From = new("--from")
    {
        Description = "Folder with NAME.train/.valid/.test.inter, .text, .item2index, .user2index; several folders become several domains.",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
        HelpName = "folder",
    };

    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string?> Name = new("--name") { Description = "Name of the catalogue (default: the first data set's name)." };
    private static readonly Option<string[]> Domain = new("--domain")
    {
        Description = "Name of the domain, one for each --from (default: the data set's name in lower case).",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Features = new("--features")
    {
        Description = "Also make a feature store here of .feat1CLS (text) and .feat3CLS (image).",
        HelpName = "folder",
    };

    public static Command Create() =>
        new ExtractCommand(
            "unisrec",
            "The processed form of UniSRec and MISSRec, with its split kept exactly as published.",
            "import unisrec --from Scientific --out scientific",
            "import unisrec --from Scientific --out scientific --features scientific-clip")
        {
            From, Out, Name, Domain, Features,
        }.Does(Run);

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var folders = parsed.GetRequiredValue(From).Select(ProcessedFolder.Open).ToArray();
        var names = parsed.GetValue(Domain) is { Length: > 0 } given ? given : [.. folders.Select(f => f.Name.ToLowerInvariant())];
        if (names.Length != folders.Length)
            throw new UserErrorException($"{folders.Length} folders were given by --from, but {names.Length} names by --domain; give one for each, or none.");
        var domains = folders.Select((folder, i) => ProcessedFormImporter.Read(folder, names[i])).ToArray();
        var output = parsed.GetRequiredValue(Out);
        CatalogueExport.Write(output, parsed.GetValue(Name) ?? folders[0].Name, domains, images: null, cancellation);
        DomainTable.Print(domains, output);
        if (parsed.GetValue(Features) is { } features)
        {
            PublishedFeatures.Write(output, folders, domains, features, Progress.ForConsole(), cancellation);
            StoreTable.Print(features);
        }

        return ExitCodes.Done;
    }
}
