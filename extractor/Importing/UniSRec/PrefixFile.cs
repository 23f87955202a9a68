using System.Globalization;
using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing.UniSRec;

/// <summary>Reads a <c>.inter</c> file of UniSRec's processed form: user, history and target, separated by tabs, under a typed header.</summary>
public static class PrefixFile
{
    private const string Header = "user_id:token\titem_id_list:token_seq\titem_id:token";

    /// <summary>Adds every line to its user's rows.</summary>
    /// <param name="path">The file.</param>
    /// <param name="part">The part of the split that the file holds.</param>
    /// <param name="itemCount">Item indices must be below this.</param>
    /// <param name="rowsByUser">One list a user index; user indices must be below its length.</param>
    /// <returns>The number of lines without the header.</returns>
    /// <exception cref="UserErrorException">A line does not have the form.</exception>
    public static int Read(string path, SplitPart part, int itemCount, List<PrefixRow>[] rowsByUser)
    {
        using var reader = new StreamReader(path);
        var header = reader.ReadLine();
        if (header != Header)
            throw new UserErrorException($"{path} starts with '{header}', but the header '{Header.Replace("\t", "<tab>", StringComparison.Ordinal)}' was expected; give a folder in UniSRec's processed form.");
        var line = 1;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (text.Length == 0)
                continue;
            var columns = text.Split('\t');
            if (columns.Length != 3)
                throw new UserErrorException($"{path}, line {line} has {columns.Length} columns, but user, history and target were expected; repair or fetch the file again.");
            var user = ParseIndex(columns[0], rowsByUser.Length, "user", path, line);
            var history = columns[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var indices = new int[history.Length];
            for (var i = 0; i < history.Length; i++)
                indices[i] = ParseIndex(history[i], itemCount, "item", path, line);
            rowsByUser[user].Add(new(part, line, indices, ParseIndex(columns[2], itemCount, "item", path, line)));
        }

        return line - 1;
    }

    private static int ParseIndex(string text, int limit, string what, string path, int line) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < limit
            ? index
            : throw new UserErrorException($"{path}, line {line} names {what} '{text}', but an index from 0 to {limit - 1} (as in .{what}2index) was expected; fetch files of one version.");
}
