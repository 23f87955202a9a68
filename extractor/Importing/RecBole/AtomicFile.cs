using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing.RecBole;

/// <summary>Reads RecBole's atomic files: tab-separated values under a header of <c>name:type</c> fields (token, token_seq, float, float_seq).</summary>
public sealed class AtomicFile : IDisposable
{
    private readonly StreamReader _reader;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly string[] _types;

    private AtomicFile(StreamReader reader, string path, string header)
    {
        _reader = reader;
        FilePath = path;
        var fields = header.Split('\t');
        _types = new string[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var colon = fields[i].LastIndexOf(':');
            if (colon <= 0)
                throw new UserErrorException($"{path}: header field '{fields[i]}' has no type, but name:type (such as user_id:token) was expected; give a RecBole atomic file.");
            _types[i] = fields[i][(colon + 1)..];
            if (_types[i] is not ("token" or "token_seq" or "float" or "float_seq"))
                throw new UserErrorException($"{path}: header field '{fields[i]}' has the type '{_types[i]}', but token, token_seq, float or float_seq was expected; correct the header.");
            _columns[fields[i][..colon]] = i;
        }
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Names of the fields.</summary>
    public IEnumerable<string> Fields => _columns.Keys;

    /// <summary>Number of the line that was read last; the header is line 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="UserErrorException">The file is missing or its header is not typed.</exception>
    public static AtomicFile Open(string path)
    {
        if (!File.Exists(path))
            throw new UserErrorException($"'{path}' does not exist; give the folder that holds NAME.inter and NAME.item.");
        var reader = new StreamReader(path);
        if (reader.ReadLine() is { Length: > 0 } header)
            return new(reader, path, header);
        reader.Dispose();
        throw new UserErrorException($"{path} is empty, but a header such as user_id:token<tab>item_id:token was expected; fetch the file again.");
    }

    /// <summary>Column of a field, or −1.</summary>
    public int Find(string field) => _columns.GetValueOrDefault(field, -1);

    /// <summary>Column of a field that must be there.</summary>
    /// <exception cref="UserErrorException">The field is missing.</exception>
    public int Require(string field)
    {
        var column = Find(field);
        if (column >= 0)
            return column;
        var near = NearestName.Find(field, _columns.Keys);
        throw new UserErrorException($"{FilePath} has no field '{field}'; it has {string.Join(", ", _columns.Keys)}{(near is null ? "" : $" (did you mean '{near}'?)")}.");
    }

    /// <summary>The next line's values, or null at the end; a line may have fewer values than the header.</summary>
    public string[]? ReadRow()
    {
        while (_reader.ReadLine() is { } line)
        {
            Line++;
            if (line.Length > 0)
                return line.Split('\t');
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
