using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Items' vectors as files for programs elsewhere: safetensors, and a CSV that names the item of each row (docs/FORMAT.md).</summary>
public static class ExportedVectors
{
    private const string FormatKey = "format";
    private const string Format = "unim2rec-vectors";

    /// <summary>What every list of ids begins with.</summary>
    internal const string IdsBeginning = "domain,item_id\n";

    /// <summary>Whether a file is one of vectors that were exported.</summary>
    public static bool IsOne(string path)
    {
        try
        {
            using var file = SafeTensorsFile.Open(path);
            return file.Metadata.GetValueOrDefault(FormatKey) == Format;
        }
        catch (UserErrorException)
        {
            return false;
        }
    }

    /// <summary>Writes both files, so that the rows of the one are never beside the ids of another export.</summary>
    /// <param name="vectors">File of the vectors.</param>
    /// <param name="ids">File of the ids.</param>
    /// <param name="items">The candidates' vectors.</param>
    /// <param name="names">The candidates, in the same order.</param>
    /// <param name="metadata">What else is said of them, such as the model's name.</param>
    /// <param name="storage">Where files go; null for the file system.</param>
    public static void Save(
        string vectors, string ids, ItemVectors items, IEnumerable<(string Domain, string ItemId)> names, IReadOnlyDictionary<string, string> metadata, IStorage? storage = null) =>
        AtomicFile.WriteTogether(
            storage ?? DiskStorage.Instance,
            (vectors, stream => WeightFile.Write(stream, items.Exported, new Dictionary<string, string>(metadata) { [FormatKey] = Format })),
            (ids, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                writer.Write(IdsBeginning);
                foreach (var (domain, id) in names) CsvText.WriteRow(writer, domain, id);
            }));
}
