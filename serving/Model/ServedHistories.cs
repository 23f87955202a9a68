using System.Text;

namespace UniM2Rec.Serving.Model;

/// <summary>The histories of the users whom an export knows by id.</summary>
internal sealed class ServedHistories : IDisposable
{
    private readonly SafeTensorsFile _file;
    private readonly Dictionary<string, int> _users = [];

    private ServedHistories(string folder, int items)
    {
        _file = SafeTensorsFile.Open(Path.Combine(folder, ExportLayout.Histories));
        try
        {
            Read(items);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Opens those of an export; null where it has none.</summary>
    /// <exception cref="UserErrorException">The file points outside itself or the export.</exception>
    public static ServedHistories? Open(string folder, RecommenderManifest manifest) =>
        manifest.Files.ContainsKey(ExportLayout.Histories) ? new ServedHistories(folder, manifest.Items) : null;

    /// <summary>Number of users.</summary>
    public int Count => _users.Count;

    /// <summary>Ids of some users.</summary>
    public IEnumerable<string> Some(int count) => _users.Keys.Take(count);

    /// <summary>Rows of a user's items, oldest first; null where the user is not known.</summary>
    public int[]? Find(string user)
    {
        if (!_users.TryGetValue(user, out int u)) return null;
        var offsets = _file.Span<long>(ExportTensors.HistoryOffsets);
        return _file.Span<int>(ExportTensors.HistoryItems)[(int)offsets[u]..(int)offsets[u + 1]].ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Read(int items)
    {
        var offsets = _file.Span<long>(ExportTensors.HistoryOffsets);
        var idOffsets = _file.Span<long>(ExportTensors.UserOffsets);
        var events = _file.Span<int>(ExportTensors.HistoryItems);
        var ids = _file.Span<byte>(ExportTensors.UserIds);
        if (offsets.Length < 1 || offsets.Length != idOffsets.Length || offsets[0] != 0 || idOffsets[0] != 0 || offsets[^1] != events.Length || idOffsets[^1] != ids.Length)
            throw Wrong("its offsets do not fit its events and ids");
        foreach (int item in events)
        {
            if (item < 0 || item >= items) throw Wrong($"it names the item {item} of {items}");
        }

        for (int u = 0; u + 1 < offsets.Length; u++)
        {
            if (offsets[u] > offsets[u + 1] || idOffsets[u] > idOffsets[u + 1]) throw Wrong($"its offsets descend at user {u}");
        }

        for (int u = 0; u + 1 < offsets.Length; u++)
        {
            if (!_users.TryAdd(Encoding.UTF8.GetString(ids[(int)idOffsets[u]..(int)idOffsets[u + 1]]), u)) throw Wrong($"user {u} is there twice");
        }
    }

    private UserErrorException Wrong(string what) => new($"{_file.Path} can't be served ({what}); export the run again (unim2rec-train export --overwrite --histories).");
}
