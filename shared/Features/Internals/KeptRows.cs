namespace UniM2Rec.Features;

/// <summary>Rows of a modality that are there already, in one or two states of a store, whose positions mean the same shards.</summary>
internal sealed class KeptRows(string folder, StoreManifest now, ModalitySpecification modality) : IDisposable
{
    /// <summary>Shards of few rows that are let be: what takes in one item a time copies rows once in so many times.</summary>
    internal const int ManyShards = 32;

    private readonly List<int[]> _states = [];
    private readonly Dictionary<int, ManifestShard> _shards = [];
    private readonly Dictionary<int, MappedShard> _mapped = [];

    /// <summary>Rows that have to be made again because their shard does not say what they were made from, and the catalogue is another now.</summary>
    public int Untold { get; private set; }

    /// <summary>Number of the first shard that no state has.</summary>
    public int FreeShard => _shards.Count == 0 ? 0 : _shards.Keys.Max() + 1;

    /// <summary>Adds a state.</summary>
    /// <param name="shards">as the present manifest names them</param>
    /// <param name="positions">by row of the present state</param>
    public void Add(IEnumerable<ManifestShard> shards, int[] positions)
    {
        foreach (var shard in shards)
            _shards.TryAdd(shard.FirstRow / now.ShardRows, shard);
        _states.Add(positions);
    }

    /// <summary>Where a row lies that was made from what it would be made from now; <see cref="RowIndexFile.None"/> where it has to be made.</summary>
    /// <param name="row">the row</param>
    /// <param name="comparison">null where all that is there is as it should be</param>
    public int Find(int row, IRowComparison? comparison)
    {
        int lookedAt = RowIndexFile.None;
        foreach (int[] positions in _states)
        {
            int at = positions[row];
            if (at < 0 || at == lookedAt || !IsThere(at))
                continue;
            lookedAt = at;
            if (comparison is null || IsUnchanged(row, at, comparison))
                return at;
            if (_shards[at / now.ShardRows] is { Content: null, Dataset: not null })
                Untold++;
        }
        return RowIndexFile.None;
    }

    /// <summary>Whether the shard of a position is there.</summary>
    public bool IsThere(int position) => _shards.TryGetValue(position / now.ShardRows, out var shard) && position % now.ShardRows < shard.Rows;

    /// <summary>
    /// Copies the rows of shards that have few, where these have become many, into shards of their own: a store that takes in some items a day would have
    /// thousands. Shards with a note, which names rows by where they lie, are left as they are.
    /// </summary>
    /// <param name="positions">by row; takes the new ones</param>
    /// <param name="memory">for the rows</param>
    /// <param name="storage">where the shards go</param>
    /// <exception cref="UserErrorException">a shard can't be read or written</exception>
    public void Fold(int[] positions, ShardMemory memory, IStorage storage)
    {
        var few = _shards.Where(shard => shard.Value is { Noted: false, Content: not null } && shard.Value.Rows <= now.ShardRows / 2).Select(shard => shard.Key).ToHashSet();
        int[] rows = [.. Enumerable.Range(0, positions.Length).Where(row => positions[row] >= 0 && few.Contains(positions[row] / now.ShardRows))];
        long first = (long)FreeShard * now.ShardRows;
        if (rows.Select(row => positions[row] / now.ShardRows).Distinct().Count() < ManyShards || first + rows.Length > int.MaxValue)
            return;
        float[] vector = new float[modality.Width];
        foreach (var range in ShardRange.From((int)first, rows.Length, now.ShardRows))
        {
            using var buffer = new ShardBuffer(modality, range, memory);
            for (int position = range.FirstRow; position < range.FirstRow + range.Rows; position++)
            {
                int row = rows[position - (int)first], from = positions[row];
                var shard = Mapped(from / now.ShardRows);
                buffer.SetContent(position, shard.Content.Slice(from % now.ShardRows * RowContent.Bytes, RowContent.Bytes));
                if (shard.IsPresent(from % now.ShardRows))
                {
                    shard.Read(from % now.ShardRows, vector, modality.Type);
                    buffer.Set(position, vector);
                }
                positions[row] = position;
            }
            _shards.Add(range.Index, ShardFile.Write(folder, modality, buffer, now.Dataset.Fingerprint, storage));
        }
    }

    /// <summary>The shards in which some row lies, and how many rows with a vector lie in them that no item has.</summary>
    /// <param name="positions">by row</param>
    /// <exception cref="UserErrorException">a shard can't be read</exception>
    public (IReadOnlyList<ManifestShard> Shards, int Abandoned) Live(int[] positions)
    {
        var live = new Dictionary<int, (bool[] Rows, int Count)>();
        foreach (int position in positions)
        {
            if (position < 0 || !IsThere(position))
                continue;
            int number = position / now.ShardRows;
            var (rows, count) = live.GetValueOrDefault(number, (new bool[0], 0));
            if (count == 0)
                rows = new bool[_shards[number].Rows];
            rows[position % now.ShardRows] = true;
            live[number] = (rows, count + 1);
        }
        int abandoned = 0;
        foreach (var (number, (rows, count)) in live)
        {
            for (int local = 0; count < rows.Length && local < rows.Length; local++)
                abandoned += !rows[local] && Mapped(number).IsPresent(local) ? 1 : 0;
        }
        return ([.. live.Keys.Order().Select(number => _shards[number])], abandoned);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _mapped.Values)
            shard.Dispose();
    }

    /// <summary>The notes of the shards, with the rows of the state that was added first.</summary>
    public IReadOnlyList<ShardNote> Notes()
    {
        var notes = new List<(int Number, string Text)>();
        foreach (int number in _shards.Where(shard => shard.Value.Noted != false).Select(shard => shard.Key).Order())
        {
            if (Mapped(number).Note is { } note)
                notes.Add((number, note));
        }
        var (noted, rows) = (notes.Select(note => note.Number).ToHashSet(), new Dictionary<int, int>());
        for (int row = 0; notes.Count > 0 && row < _states[0].Length; row++)
        {
            if (_states[0][row] is var position and >= 0 && noted.Contains(position / now.ShardRows))
                rows.Add(position, row);
        }
        return [.. notes.Select(note => new ShardNote(note.Text, position => rows.GetValueOrDefault(position, -1)))];
    }

    private bool IsUnchanged(int row, int position, IRowComparison comparison)
    {
        var shard = _shards[position / now.ShardRows];
        if (shard.Content is null)
            return shard.Dataset is null && comparison.IsUnchanged(row, []);
        return comparison.IsUnchanged(row, Mapped(position / now.ShardRows).Content.Slice(position % now.ShardRows * RowContent.Bytes, RowContent.Bytes));
    }

    private MappedShard Mapped(int number)
    {
        if (!_mapped.TryGetValue(number, out var mapped))
            _mapped.Add(number, mapped = new MappedShard(folder, _shards[number], modality, now));
        return mapped;
    }
}
