namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Reads RecBole's atomic files: values under a header of <c>name:type</c> fields (token, token_seq, float, float_seq), apart by tabs, or by what
/// the header has instead, commas or spaces.
/// </summary>
public sealed class RecBoleFile : IDisposable
{
    private const string SequenceField = "item_id_list";
    private static readonly char[] Separators = ['\t', ',', ' '];
    private readonly IEnumerator<(long Line, string Text)> _lines;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly RejectLog _rejects;
    private readonly char _separator;
    private readonly int _width;

    private RecBoleFile(IEnumerator<(long Line, string Text)> lines, string path, RejectLog rejects)
    {
        (_lines, FilePath, _rejects) = (lines, path, rejects);
        string header = lines.Current.Text;
        _separator = Separators.FirstOrDefault(header.Contains, '\t');
        string[] fields = header.Split(_separator, StringSplitOptions.TrimEntries);
        _width = fields.Length;
        for (int i = 0; i < fields.Length; i++)
        {
            int colon = fields[i].LastIndexOf(':');
            if (colon <= 0)
                throw new UserErrorException($"{path}: header field '{Excerpt.Of(fields[i])}' has no type, but name:type (such as user_id:token) was expected; give a RecBole atomic file, or import a plain table by 'import csv'.");
            string type = fields[i][(colon + 1)..];
            if (type is not ("token" or "token_seq" or "float" or "float_seq"))
                throw new UserErrorException($"{path}: header field '{Excerpt.Of(fields[i])}' has the type '{Excerpt.Of(type)}', but token, token_seq, float or float_seq was expected; correct the header.");
            if (!_columns.TryAdd(fields[i][..colon], i))
                throw new UserErrorException($"{path} has the field '{fields[i][..colon]}' twice, but each was expected once; rename or remove one.");
        }

        if (_columns.ContainsKey(SequenceField))
            throw new UserErrorException($"{path} has the field '{SequenceField}', so it is in UniSRec's processed form, but events were expected; use 'import unisrec'.");
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Names of the fields.</summary>
    public IEnumerable<string> Fields => _columns.Keys;

    /// <summary>Number of the line that was read last; the header is the first.</summary>
    public long Line => _lines.Current.Line;

    /// <summary>Opens a file and reads its header.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="rejects">Takes lines that can't be read.</param>
    /// <exception cref="UserErrorException">The file is missing or its header is not typed.</exception>
    public static RecBoleFile Open(string path, RejectLog rejects)
    {
        var lines = SourceLines.Read(path, rejects: rejects).GetEnumerator();
        try
        {
            return lines.MoveNext()
                ? new(lines, path, rejects)
                : throw new UserErrorException($"{path} is empty, but a header such as user_id:token<tab>item_id:token was expected; fetch the file again.");
        }
        catch
        {
            lines.Dispose();
            throw;
        }
    }

    /// <summary>Column of the first of some fields that the file has, or −1.</summary>
    /// <param name="names">The fields.</param>
    /// <param name="option">The option that names them.</param>
    /// <param name="isAsked">Whether the user has given that option.</param>
    /// <exception cref="UserErrorException">The user has named fields, and the file has none of them.</exception>
    public int Find(string[] names, string option, bool isAsked)
    {
        int column = names.Select(name => _columns.GetValueOrDefault(name, -1)).FirstOrDefault(found => found >= 0, -1);
        return column >= 0 || !isAsked ? column : throw Missing(names, option);
    }

    /// <summary>Column of the first of some fields, of which the file must have one.</summary>
    /// <exception cref="UserErrorException">The file has none of them.</exception>
    public int Require(string[] names, string option) => Find(names, option, isAsked: true);

    /// <summary>The next line's values, without white space round them, or null at the end. A line may have fewer values than the header; one with more is rejected.</summary>
    public string[]? ReadRow()
    {
        while (_lines.MoveNext())
        {
            string[] values = _lines.Current.Text.Split(_separator, StringSplitOptions.TrimEntries);
            if (values.Length <= _width)
                return values;
            _rejects.Add(FilePath, Line, $"{values.Length} values, but the header has {_width} fields");
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();

    private UserErrorException Missing(string[] names, string option) => new(
        $"{FilePath} has no field {string.Join(" or ", names.Select(name => $"'{name}'"))}{NearestName.Suggestion(names[0], _columns.Keys)}; it has {string.Join(", ", _columns.Keys)}: name one of these by {option}.");
}
