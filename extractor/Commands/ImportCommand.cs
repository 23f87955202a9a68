using System.CommandLine;
using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import</c>: other people's forms become a catalogue; a verb for each <see cref="IImporter"/>.</summary>
internal static class ImportCommand
{
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the catalogue that is made.");
    private static readonly Option<string?> Name = new("--name") { Description = "Name of the catalogue (default: the importer's, or the first data set's)." };
    private static readonly Option<double> MaxRejectRate = SharedOptions.MaxRejectRate();
    private static readonly Option<bool> Overwrite = SharedOptions.Overwrite("Replace a catalogue that is there, and vectors that a --features store has.");

    public static Command Create()
    {
        var command = new Verb("import", "Turn a data set in another form into a catalogue.", [.. Importers.All.Select(importer => importer.Examples[0])]);
        foreach (var importer in Importers.All)
            command.Subcommands.Add(Create(importer));
        return command;
    }

    private static Verb Create(IImporter importer)
    {
        var verb = new Verb(importer.Name, importer.Description, [.. importer.Examples]);
        foreach (var option in importer.Options.Concat([Out, Name, MaxRejectRate, Overwrite]))
            verb.Options.Add(option);
        return verb.Does((parsed, context, results) => Run(importer, parsed, context, results));
    }

    private static int Run(IImporter importer, ParseResult parsed, VerbContext context, ResultWriter results)
    {
        string output = parsed.GetRequiredValue(Out);
        CatalogueExport.RequireFree(output, parsed.GetValue(Overwrite));
        using var rejects = new RejectLog(Path.Combine(output, "rejects.csv"), parsed.GetValue(MaxRejectRate));
        var catalogue = importer.Read(parsed, new ImportContext(rejects, context.Progress, context.Cancellation) { Log = context.Log, Overwrite = parsed.GetValue(Overwrite) });
        string? images = catalogue.Images is { } folder && Path.IsPathRooted(folder) ? Path.GetRelativePath(output, folder) : catalogue.Images;
        CatalogueExport.Write(output, parsed.GetValue(Name) ?? catalogue.Name, catalogue.Domains, images, context.Cancellation);
        DomainTable.Print(results, catalogue.Domains, output);
        results.Set("rejected", rejects.Rejected);
        if (catalogue.MakeFeatures is { } makeFeatures)
            StoreTable.Print(results, makeFeatures(output));
        else
            DomainTable.SayNext(output);
        if (rejects.Rejected == 0)
            return ExitCodes.Done;
        Console.Error.WriteLine($"{rejects.Rejected:N0} of {rejects.Accepted + rejects.Rejected:N0} rows were rejected; they are listed in {Path.Combine(output, "rejects.csv")}");
        return ExitCodes.DoneWithSkippedItems;
    }
}

/// <summary>The table that closes <c>import</c> and <c>synth</c>.</summary>
internal static class DomainTable
{
    public static void Print(ResultWriter results, IReadOnlyList<ImportedDomain> domains, string folder)
    {
        var table = new ResultTable("domains", "domain").Number("items").Number("users").Number("events").Number("events a user").Number("with text").Number("with picture");
        foreach (var domain in domains)
        {
            int users = domain.Interactions.Rows.Select(row => row.User).Distinct().Count();
            int events = domain.Interactions.Rows.Count;
            table.Row(
                domain.Name, ResultCell.Count(domain.Items.Count), ResultCell.Count(users), ResultCell.Count(events), ResultCell.Decimal(users == 0 ? 0 : (double)events / users, 2),
                ResultCell.Count(domain.Items.Count(i => i.Text.Length + i.Description.Length > 0)), ResultCell.Count(domain.Items.Count(i => i.Image.Length > 0)));
        }

        results.Add(table);
        results.Say($"catalogue: {Path.GetFullPath(folder)}");
        results.Set("catalogue", Path.GetFullPath(folder));
    }

    /// <summary>Says how features are made of the catalogue.</summary>
    public static void SayNext(string folder) => VerbContext.Next("unim2rec-extract", "run", "--dataset", folder, "--out", $"{Path.TrimEndingDirectorySeparator(folder)}-features");
}
