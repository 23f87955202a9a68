using System.Globalization;

namespace UniM2Rec.Extractor.Importing;

/// <summary>The files of one data set in the processed form of UniSRec and MISSRec: NAME.train.inter, NAME.text, NAME.item2index, ...</summary>
public sealed class ProcessedFolder
{
    private ProcessedFolder(string folder, string name)
    {
        Folder = folder;
        Name = name;
    }

    /// <summary>The folder, as given.</summary>
    public string Folder { get; }

    /// <summary>What all file names start with.</summary>
    public string Name { get; }

    /// <summary>Finds the one data set in a folder.</summary>
    /// <exception cref="UserErrorException">The folder is missing, holds no such data set or several, or lacks one of the needed files.</exception>
    public static ProcessedFolder Open(string folder)
    {
        const string marker = ".item2index";
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder that holds NAME.train.inter, NAME.text and NAME.item2index.");
        string[] names = Directory.GetFiles(folder, "*" + marker).Select(f => Path.GetFileName(f)[..^marker.Length]).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
            throw new UserErrorException($"'{folder}' holds neither NAME.item2index nor NAME.pt_datasets; give a folder in UniSRec's processed form{(Directory.GetFiles(folder, "*.inter").Length > 0 ? ", or, for atomic files of RecBole, use 'import recbole'" : ", or choose another importer ('import --help')")}.");
        if (names.Length > 1)
            throw new UserErrorException($"'{folder}' holds {names.Length} data sets ({string.Join(", ", names)}), but one was expected; move each into a folder of its own.");
        var found = new ProcessedFolder(folder, names[0]);
        string[] missing = new[] { "user2index", "train.inter", "valid.inter", "test.inter", "text" }.Where(e => !File.Exists(found.PathOf(e))).ToArray();
        if (missing.Length > 0)
            throw new UserErrorException($"'{folder}' lacks {string.Join(" and ", missing.Select(e => found.Name + "." + e))}, which the processed form needs; fetch the whole folder.");
        return found;
    }

    /// <summary>Path of one file by its ending, such as <c>train.inter</c>.</summary>
    public string PathOf(string ending) => Path.Combine(Folder, $"{Name}.{ending}");

    /// <summary>Feature files that are present, each with the modality that it holds (<c>.feat1CLS</c> text, <c>.feat3CLS</c> image).</summary>
    public IEnumerable<(string Modality, string Path)> FeatureFiles() =>
        new[] { ("text", PathOf("feat1CLS")), ("image", PathOf("feat3CLS")) }.Where(f => File.Exists(f.Item2));
}

/// <summary>Reads <c>.item2index</c> and <c>.user2index</c>: an id and its index, separated by a tab, no header.</summary>
public static class IndexFile
{
    /// <summary>Ids by index; the indices must be 0, 1, 2, ... without a gap, in any order.</summary>
    /// <exception cref="UserErrorException">A line does not have the form, or an index or id occurs twice or is left out.</exception>
    public static string[] Read(string path)
    {
        string[] lines = [.. SourceLines.Read(path).Select(line => line.Text)];
        int count = lines.Length;
        string?[] ids = new string?[count];
        var seen = new HashSet<string>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            int tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            if (tab <= 0 || !int.TryParse(lines[i].AsSpan(tab + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                throw new UserErrorException($"{path}, line {i + 1} is '{Excerpt.Of(lines[i])}', but an id, a tab and an index were expected; repair or fetch the file again.");
            if (index >= count)
                throw new UserErrorException($"{path}, line {i + 1} has index {index}, but the file's {count} lines allow 0 to {count - 1} only; repair or fetch the file again.");
            if (ids[index] is not null || !seen.Add(lines[i][..tab]))
                throw new UserErrorException($"{path}, line {i + 1} repeats the index or the id of an earlier line ('{Excerpt.Of(lines[i])}'); repair or fetch the file again.");
            ids[index] = lines[i][..tab];
        }

        return ids!;
    }
}

/// <summary>Reads a <c>.inter</c> file of UniSRec's processed form: user, history and target, separated by tabs, under a typed header.</summary>
public static class PrefixFile
{
    private const string Header = "user_id:token\titem_id_list:token_seq\titem_id:token";

    /// <summary>Adds every line to its user's rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="part">The part of the split that the file holds.</param>
    /// <param name="itemCount">Item indices must be below this.</param>
    /// <param name="rowsByUser">One list a user index; user indices must be below its length.</param>
    /// <exception cref="UserErrorException">A line does not have the form.</exception>
    public static void Read(string path, SplitPart part, int itemCount, List<PrefixRow>[] rowsByUser) => Read(path, (user, history, target, line) =>
    {
        int owner = ParseIndex(user, rowsByUser.Length, "user", path, line);
        int[] indices = [.. history.Select(item => ParseIndex(item, itemCount, "item", path, line))];
        rowsByUser[owner].Add(new(part, line, indices, ParseIndex(target, itemCount, "item", path, line)));
    });

    /// <summary>Hands on every line: user, history, target and its number.</summary>
    /// <exception cref="UserErrorException">A line does not have the form.</exception>
    internal static void Read(string path, Action<string, string[], string, int> take)
    {
        bool hasBegun = false;
        foreach (var (line, text) in SourceLines.Read(path))
        {
            if (!hasBegun)
            {
                hasBegun = true;
                if (text.TrimEnd() != Header)
                    throw new UserErrorException($"{path} starts with '{Excerpt.Of(text)}', but the header '{Header.Replace("\t", "<tab>", StringComparison.Ordinal)}' was expected; give a folder in UniSRec's processed form{(text.Contains(":token", StringComparison.Ordinal) ? ", or, for atomic files of RecBole, use 'import recbole'" : "")}.");
                continue;
            }

            string[] columns = text.Split('\t');
            if (columns.Length != 3)
                throw new UserErrorException($"{path}, line {line} has {columns.Length} columns, but user, history and target were expected; repair or fetch the file again.");
            take(columns[0], columns[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), columns[2].Trim(), checked((int)line));
        }

        if (!hasBegun)
            throw new UserErrorException($"{path} is empty, but the header '{Header.Replace("\t", "<tab>", StringComparison.Ordinal)}' was expected; fetch the file again.");
    }

    private static int ParseIndex(string text, int limit, string what, string path, int line) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < limit
            ? index
            : throw new UserErrorException($"{path}, line {line} names {what} '{text}', but an index from 0 to {limit - 1} (as in .{what}2index) was expected; fetch files of one version.");
}

/// <summary>One line of a <c>.train/.valid/.test.inter</c> file: a user's history (item indices, oldest first) and the item that follows it.</summary>
/// <param name="Part">The file that the line is from.</param>
/// <param name="Line">Its number in that file, from 1.</param>
/// <param name="History">Item indices, at most as many as the publisher's cap.</param>
/// <param name="Target">The item that follows the history.</param>
public sealed record PrefixRow(SplitPart Part, int Line, int[] History, int Target);
