using System.Globalization;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing.RecBole;

/// <summary>Turns RecBole's NAME.inter and NAME.item into a domain.</summary>
public static class AtomicFilesImporter
{
    /// <summary>Reads one data set.</summary>
    /// <param name="folder">Folder with exactly one .inter file.</param>
    /// <param name="domain">Name of the domain that it becomes; null = the file's name in lower case.</param>
    /// <param name="fields">Which fields mean what.</param>
    /// <param name="minimumRating">Events rated lower are left out; 0 keeps all.</param>
    /// <param name="rejects">Takes lines that can't be used.</param>
    /// <exception cref="UserErrorException">A file or a needed field is missing.</exception>
    public static ImportedDomain Read(string folder, string? domain, AtomicFieldNames fields, double minimumRating, RejectLog rejects)
    {
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder that holds NAME.inter and NAME.item.");
        var interactionFiles = Directory.GetFiles(folder, "*.inter");
        if (interactionFiles.Length != 1)
            throw new UserErrorException($"'{folder}' holds {interactionFiles.Length} .inter files, but exactly one was expected; give a folder of RecBole atomic files (for UniSRec's processed form use 'import unisrec').");
        var name = domain ?? Path.GetFileNameWithoutExtension(interactionFiles[0]).ToLowerInvariant();
        var table = ReadInteractions(interactionFiles[0], fields, minimumRating, rejects);
        var itemFile = Path.ChangeExtension(interactionFiles[0], ".item");
        var items = File.Exists(itemFile)
            ? ReadItems(itemFile, name, fields, rejects)
            : [.. table.Items.Select(id => new Item { Domain = name, ItemId = id })];
        return new(name, items, table);
    }

    private static InteractionTable ReadInteractions(string path, AtomicFieldNames fields, double minimumRating, RejectLog rejects)
    {
        using var file = AtomicFile.Open(path);
        var (user, item) = (file.Require(fields.User), file.Require(fields.Item));
        var (time, rating) = (FindFirst(file, fields.Timestamp), FindFirst(file, fields.Rating));
        var table = new InteractionTable();
        while (file.ReadRow() is { } row)
        {
            // Without a time, the order of the file is the order of events.
            double timestamp = file.Line;
            var stars = 1.0;
            if (Value(row, user).Length == 0 || Value(row, item).Length == 0)
                rejects.Add(path, file.Line, "user or item is empty");
            else if (time >= 0 && !TryParse(Value(row, time), out timestamp))
                rejects.Add(path, file.Line, $"'{Value(row, time)}' is no time");
            else if (rating >= 0 && !TryParse(Value(row, rating), out stars))
                rejects.Add(path, file.Line, $"'{Value(row, rating)}' is no rating");
            else
            {
                rejects.Accept();
                if (rating < 0 || stars >= minimumRating)
                    table.Add(row[user], row[item], timestamp, (float)stars);
            }
        }

        rejects.ThrowIfTooMany();
        return table;
    }

    private static List<Item> ReadItems(string path, string domain, AtomicFieldNames fields, RejectLog rejects)
    {
        using var file = AtomicFile.Open(path);
        var id = file.Require(fields.Item);
        var (title, category, brand) = (FindFirst(file, fields.Title), FindFirst(file, fields.Category), FindFirst(file, fields.Brand));
        var (description, image) = (FindFirst(file, fields.Description), FindFirst(file, fields.Image));
        var items = new List<Item>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (file.ReadRow() is { } row)
        {
            if (Value(row, id).Length == 0)
                rejects.Add(path, file.Line, "item id is empty");
            else if (!seen.Add(row[id]))
                rejects.Add(path, file.Line, $"item '{row[id]}' occurs again");
            else
            {
                rejects.Accept();
                items.Add(new Item
                {
                    Domain = domain,
                    ItemId = row[id],
                    Title = Value(row, title),
                    Category = Value(row, category),
                    Brand = Value(row, brand),
                    Description = Value(row, description),
                    Image = Value(row, image),
                });
            }
        }

        rejects.ThrowIfTooMany();
        return items;
    }

    private static int FindFirst(AtomicFile file, string[] names) => names.Select(file.Find).FirstOrDefault(column => column >= 0, -1);

    private static string Value(string[] row, int column) => column >= 0 && column < row.Length ? row[column].Trim() : "";

    private static bool TryParse(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
