using System.CommandLine;
using Serilog;

namespace UniM2Rec.Extractor.Importing;

/// <summary>A form in which catalogues come. One importer is one file in this folder, and a verb below <c>import</c> (docs/EXTENDING.md).</summary>
public interface IImporter
{
    /// <summary>The verb below <c>import</c>.</summary>
    string Name { get; }

    /// <summary>What it reads, in one sentence.</summary>
    string Description { get; }

    /// <summary>Command lines without the program's name.</summary>
    IReadOnlyList<string> Examples { get; }

    /// <summary>Its own options, beside those that every importer has (--out, --name, --max-reject-rate, --overwrite).</summary>
    IReadOnlyList<Option> Options { get; }

    /// <summary>Reads what the options name.</summary>
    /// <exception cref="UserErrorException">A file is missing or does not have the form, or too many lines can't be used.</exception>
    ImportedCatalogue Read(ParseResult parsed, ImportContext context);
}

/// <summary>Every importer of this program.</summary>
internal static class Importers
{
    public static IReadOnlyList<IImporter> All { get; } = [.. Declared.InstancesOf<IImporter>().OrderBy(importer => importer.Name, StringComparer.Ordinal)];
}

/// <summary>What an importer works with.</summary>
/// <param name="Rejects">Takes lines that can't be used.</param>
/// <param name="Progress">Told of the lines read.</param>
/// <param name="Cancellation">Leaves.</param>
public sealed record ImportContext(RejectLog Rejects, IProgressSink Progress, CancellationToken Cancellation)
{
    /// <summary>Told what was left out, and what looks wrong.</summary>
    public ILogger Log { get; init; } = Serilog.Core.Logger.None;

    /// <summary>Whether what exists already may be replaced.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>What an importer has read.</summary>
/// <param name="Name">Name of the catalogue, where none is given.</param>
/// <param name="Domains">In their order.</param>
public sealed record ImportedCatalogue(string Name, IReadOnlyList<ImportedDomain> Domains)
{
    /// <summary>The folder of the items' pictures, or null where they have none; relative to the catalogue's folder where it is not rooted.</summary>
    public string? Images { get; init; }

    /// <summary>Given the catalogue's folder once it is written, makes a feature store of what came with it, and returns that folder; null without.</summary>
    public Func<string, string>? MakeFeatures { get; init; }
}
