using System.CommandLine;
using System.Globalization;
using UniM2Rec.Catalogue;
using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Tests.Extending;

/// <summary>Listening histories as lines of user, seconds, artist and track, separated by tabs; an item is a track.</summary>
public sealed class ListeningImporter : IImporter
{
    private const string Tracks = "tracks";
    private static readonly Option<string> From = new("--from") { Description = "Text file, plain or .gz.", Required = true, HelpName = "file" };

    public string Name => "listening";

    public string Description => "Listening histories, one line an event.";

    public IReadOnlyList<string> Examples => ["import listening --from plays.tsv.gz --out music"];

    public IReadOnlyList<Option> Options => [From];

    public ImportedCatalogue Read(ParseResult parsed, ImportContext context)
    {
        string path = parsed.GetRequiredValue(From);
        var (table, items) = (new InteractionTable(), new SortedDictionary<string, Item>(StringComparer.Ordinal));
        foreach (var (line, text) in SourceLines.Read(path))
        {
            string[] columns = text.Split('\t');
            if (columns.Length != 4 || !double.TryParse(columns[1], CultureInfo.InvariantCulture, out double seconds))
            {
                context.Rejects.Add(path, line, "not user, seconds, artist and track");
                continue;
            }

            context.Rejects.Accept();
            string id = $"{columns[2]}/{columns[3]}";
            items.TryAdd(id, new Item { Domain = Tracks, ItemId = id, Title = columns[3], Brand = columns[2] });
            table.Add(columns[0], id, seconds, 1);
        }

        context.Rejects.ThrowIfTooMany();
        return new ImportedCatalogue("music", [new ImportedDomain(Tracks, [.. items.Values], table)]);
    }
}
