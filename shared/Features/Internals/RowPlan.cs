namespace UniM2Rec.Features;

/// <summary>Which rows of a modality are there, which have to be made, and where these come.</summary>
internal sealed class RowPlan : IDisposable
{
    private readonly string _folder;
    private readonly StoreManifest _now;
    private readonly ModalitySpecification _modality;
    private readonly KeptRows _kept;
    private readonly int[] _planned = [];
    private readonly int[] _found = [];

    /// <summary>Finds what is there.</summary>
    /// <param name="folder">the store's</param>
    /// <param name="now">the state that is written</param>
    /// <param name="modality">whose rows they are</param>
    /// <param name="states">where they may be, the state that is written first, if it has any</param>
    /// <param name="former">gives, by row, the row in the other state</param>
    public RowPlan(string folder, StoreManifest now, ModalitySpecification modality, IReadOnlyList<(StoreManifest Manifest, ManifestModality Modality)> states, Func<int[]> former)
    {
        (_folder, _now, _modality) = (folder, now, modality);
        _kept = new KeptRows(folder, now, modality);
        try
        {
            foreach (var state in states)
            {
                bool isPresent = ReferenceEquals(state.Manifest, now);
                int[] positions = isPresent ? RowIndexFile.Read(folder, state.Modality, now) : StoreGrowth.Positions(folder, state, former());
                _kept.Add(StoreGrowth.Shards(state, now), positions);
                if (Entry is not null)
                    continue;
                _planned = positions;
                Entry = isPresent ? state.Modality : ManifestModality.Empty(modality) with { RowIndex = new ManifestRowIndex("", 0, "", 0, null, null) };
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        _found = new int[_planned.Length];
    }

    /// <summary>What the state that is written says of the modality; an empty one where only another state has rows; null where none has any.</summary>
    public ManifestModality? Entry { get; }

    /// <summary>Looks for every row.</summary>
    /// <param name="comparison">tells rows that were made from something else</param>
    /// <returns>whether all rows are where they were to be, or are to come there</returns>
    public bool Compare(IRowComparison? comparison)
    {
        bool asPlanned = Entry!.RowIndex?.IsPlanned ?? true;
        for (int row = 0; row < _planned.Length; row++)
        {
            _found[row] = _kept.Find(row, comparison);
            asPlanned &= _found[row] == RowIndexFile.None ? IsPending(_planned[row]) : _found[row] == _planned[row];
        }
        return asPlanned;
    }

    /// <summary>Rows that have to be made again because it is not known what they were made from.</summary>
    public int Untold => _kept.Untold;

    /// <summary>Numbers of the shards that hold rows that have to be made, though they are there.</summary>
    public IReadOnlySet<int> ChangedShards() =>
        _planned.Where((position, row) => _found[row] == RowIndexFile.None && _kept.IsThere(position)).Select(position => position / _now.ShardRows).ToHashSet();

    /// <summary>The modality with the rows that have to be made in positions of their own, in order, behind every shard that is there.</summary>
    /// <exception cref="UserErrorException">there is no room behind them, or a file can't be written</exception>
    public ManifestModality Appended(ShardMemory memory, IStorage storage)
    {
        _kept.Fold(_found, memory, storage);
        var (shards, abandoned) = _kept.Live(_found);
        long first = (long)_kept.FreeShard * _now.ShardRows;
        int count = _found.Count(position => position == RowIndexFile.None);
        if (first + count > int.MaxValue)
            StoreErrors.NoMorePositions(_folder, _modality.Name);
        int next = (int)first;
        for (int row = 0; row < _found.Length; row++)
        {
            if (_found[row] == RowIndexFile.None)
                _found[row] = next++;
        }
        var (file, bytes, crc32c) = RowIndexFile.Write(_folder, _modality, _found, storage);
        return (ManifestModality.Empty(_modality) with { RowIndex = new ManifestRowIndex(file, bytes, crc32c, abandoned, (int)first, count) }).With(shards);
    }

    /// <summary>Rows that lie in the positions that were given last, in order.</summary>
    public static int[] Made(string folder, ManifestModality entry, StoreManifest manifest)
    {
        var index = entry.RowIndex!;
        int[] rows = new int[index.Count!.Value];
        foreach (var (row, position) in RowIndexFile.Read(folder, entry, manifest).Index())
        {
            if (position >= index.First && position - index.First < rows.Length)
                rows[position - index.First!.Value] = row;
        }
        return rows;
    }

    /// <summary>The notes of the shards that are there.</summary>
    public IReadOnlyList<ShardNote> Notes() => _kept.Notes();

    /// <inheritdoc/>
    public void Dispose() => _kept.Dispose();

    /// <summary>Whether a position is to be filled by a shard that is not there yet.</summary>
    private bool IsPending(int position) =>
        position >= 0 && !_kept.IsThere(position) && (Entry!.RowIndex is not { } index || (index.IsPlanned && position >= index.First && position - index.First < index.Count));
}
