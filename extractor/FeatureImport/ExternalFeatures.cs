using System.Security.Cryptography;
using System.Text;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Lays vectors that were computed elsewhere into a store as one modality. A row of zeros is a missing one.</summary>
public static class ExternalFeatures
{
    /// <summary>What a shard of imported vectors keeps, as they can't be made again from the catalogue.</summary>
    private const string ImportedNote = "imported";

    /// <summary>
    /// Modalities of a store's folder that were imported; stores of before this was noted say nothing of it.
    /// </summary>
    /// <param name="folder">The store.</param>
    /// <param name="orUnreadable">Whether a modality none of whose files can be read counts too, as what it was can't be told and imported vectors can't be made again.</param>
    public static IReadOnlySet<string> ImportedInto(string folder, bool orUnreadable = false)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (!Directory.Exists(folder))
            return found;
        // The names of a modality's shards differ in their last part, and one that can be read tells for all.
        foreach (var shards in Directory.GetFiles(folder, "*-*.safetensors").Where(path => StoreLayout.IsShard(Path.GetFileName(path))).Order(StringComparer.Ordinal).GroupBy(path => Path.GetFileName(path)[..Path.GetFileName(path).LastIndexOf('-')]))
        {
            var told = shards.Select(Metadata).FirstOrDefault(metadata => metadata is not null);
            if (told is null && orUnreadable)
                found.Add(shards.Key);
            else if (told?.GetValueOrDefault("note") == ImportedNote && told.GetValueOrDefault("modality") is { } modality)
                found.Add(modality);
        }

        return found;
    }

    private static IReadOnlyDictionary<string, string>? Metadata(string shard)
    {
        try
        {
            using var file = SafeTensorsFile.Open(shard);
            return file.Metadata;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    /// <summary>Looks at every vector; nothing is written, so that what is refused leaves no store behind.</summary>
    /// <param name="vectors">The modality that is to be made.</param>
    /// <param name="items">Names the items.</param>
    /// <param name="rejects">Takes vectors that can't be stored.</param>
    /// <param name="context">Takes warnings, and leaves.</param>
    /// <exception cref="UserErrorException">Widths differ, or too many vectors can't be stored.</exception>
    public static CheckedModality Check(ExternalModality vectors, ItemLookup items, RejectLog rejects, WorkContext context)
    {
        var (modality, encoder, type, matrices, _) = vectors;
        int width = matrices[0].Width;
        if (matrices.FirstOrDefault(m => m.Width != width) is { } wider)
            throw new UserErrorException($"{wider.Source} has {wider.Width} numbers a row and {matrices[0].Source} has {width}, but one modality has one width; import them as two modalities or two stores.");
        var sources = new VectorCheck(items, rejects, context.Log).Check(vectors, context.Cancellation);
        return new CheckedModality(vectors with { Sources = sources }, new ModalitySpecification(modality, width, type, encoder, Fingerprint(matrices, sources)));
    }

    /// <summary>Writes a modality; one that is there from the same files is left alone.</summary>
    /// <param name="store">The store.</param>
    /// <param name="checkedVectors">What <see cref="Check"/> gave.</param>
    /// <param name="context">Shows the rows, and leaves; shards that are complete are kept.</param>
    /// <returns>Rows that were made now, and how many of them have a vector.</returns>
    /// <exception cref="UserErrorException">The store has other vectors under this name, which are not to be overwritten.</exception>
    public static (long Rows, long Present) Write(FeatureStoreWriter store, CheckedModality checkedVectors, WorkContext context)
    {
        var (vectors, made) = checkedVectors;
        var (modality, encoder, _, matrices, sources) = vectors;
        if (!vectors.Overwrite && store.Complete.FirstOrDefault(m => m.Name == modality && !m.MakesSameRowsAs(made)) is { } other)
            throw new UserErrorException($"the store '{store.Folder}' has other vectors for the modality '{modality}', made by {other.EncoderName}, with which runs may have been trained; give another --modality or another store, or --overwrite to replace them.");
        var writer = store.StartModality(made);
        using var task = context.Progress.Start($"{modality} ({encoder})", writer.PendingRows, "items");
        float[] vector = new float[made.Width];
        var (rows, present) = (0L, 0L);
        foreach (var range in writer.Pending)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            using var shard = writer.NewShard(range);
            for (int row = range.FirstRow; row < range.FirstRow + range.Rows; row++)
            {
                if (sources[row].Matrix < 0)
                    continue;
                matrices[sources[row].Matrix].ReadRow(sources[row].Row, vector);
                if (vector.AsSpan().IndexOfAnyExcept(0f) >= 0)
                    shard.Set(row, vector);
            }

            shard.Note = ImportedNote;
            writer.Commit(shard);
            (rows, present) = (rows + range.Rows, present + shard.PresentCount);
            task.Advance(range.Rows);
        }

        return (rows, present);
    }

    /// <summary>SHA-256 over the files' bytes and over which row goes where.</summary>
    private static string Fingerprint(IReadOnlyList<IFeatureMatrix> matrices, RowSource[] sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var matrix in matrices)
        {
            using var file = File.OpenRead(matrix.Source);
            hash.AppendData(SHA256.HashData(file));
            hash.AppendData(Encoding.ASCII.GetBytes($"{matrix.Rows} {matrix.Width}\n"));
            // The same file may hold another matrix of the same shape.
            hash.AppendData(Encoding.UTF8.GetBytes(matrix.Part));
        }

        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(sources.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>Vectors that were computed elsewhere, as one modality.</summary>
/// <param name="Name">Name of the modality.</param>
/// <param name="Encoder">What made the vectors, for people.</param>
/// <param name="Type">Number type in the store.</param>
/// <param name="Matrices">The files, all of one width.</param>
/// <param name="Sources">For each store row, where its vector is.</param>
public sealed record ExternalModality(string Name, string Encoder, FeatureType Type, IReadOnlyList<IFeatureMatrix> Matrices, RowSource[] Sources)
{
    /// <summary>Whether vectors of the same name that are in the store already are replaced.</summary>
    public bool Overwrite { get; init; }
}

/// <summary>Vectors that can be stored.</summary>
/// <param name="Vectors">The modality, without the vectors that were rejected.</param>
/// <param name="Made">What the store will say of it.</param>
public sealed record CheckedModality(ExternalModality Vectors, ModalitySpecification Made);

/// <summary>Where a store row's vector comes from.</summary>
/// <param name="Matrix">Index of the matrix; −1 where the row has none.</param>
/// <param name="Row">Row of that matrix.</param>
public readonly record struct RowSource(int Matrix, int Row)
{
    /// <summary>No vector.</summary>
    public static RowSource None { get; } = new(-1, 0);
}

/// <summary>Store rows by domain and item id.</summary>
public sealed class ItemLookup
{
    private readonly Dictionary<(string Domain, string Id), int> _rows = [];
    private readonly List<(string Domain, string Id)> _names = [];
    private readonly Dataset _dataset;

    /// <summary>Reads the catalogue's items in the order of store rows.</summary>
    public ItemLookup(Dataset dataset)
    {
        _dataset = dataset;
        using var silent = new RejectLog(csvPath: null);
        foreach (var item in dataset.Domains.SelectMany(domain => dataset.ReadItems(domain, silent)))
        {
            _rows.Add((item.Domain, item.ItemId), _rows.Count);
            _names.Add((item.Domain, item.ItemId));
        }
    }

    /// <summary>Number of items.</summary>
    public int Count => _rows.Count;

    /// <summary>Row of an item, or −1.</summary>
    public int Find(string domain, string id) => _rows.GetValueOrDefault((domain, id), -1);

    /// <summary>Id of a row's item, with its domain where there are several.</summary>
    public string NameOf(int row) => _dataset.Domains.Count == 1 ? _names[row].Id : $"{_names[row].Domain}/{_names[row].Id}";

    /// <summary>The catalogue's only domain.</summary>
    /// <exception cref="UserErrorException">There are several.</exception>
    public string OnlyDomain(string path) => _dataset.Domains.Count == 1
        ? _dataset.Domains[0]
        : throw new UserErrorException($"{path} has item ids without a domain, but the catalogue has {_dataset.Domains.Count} ({string.Join(", ", _dataset.Domains)}); name one by --domain, or begin each line with the domain and a tab.");
}

/// <summary>Which item each row of a matrix belongs to: a text file with one item id a line, or domain, tab and item id.</summary>
public static class RowIds
{
    /// <summary>Lines of the file.</summary>
    /// <exception cref="UserErrorException">It does not exist.</exception>
    public static int CountLines(string path) => Lines(path).Length;

    /// <summary>Finds the store row of every line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="matrixRows">Lines that it must have.</param>
    /// <param name="items">The catalogue's items.</param>
    /// <param name="domain">Domain of lines that name none; null = the only domain.</param>
    /// <param name="ignoreUnknown">Pass over ids that the catalogue does not have.</param>
    /// <returns>A source for each store row.</returns>
    /// <exception cref="UserErrorException">Another number of lines, or an id that is unknown or occurs twice.</exception>
    public static RowSource[] Read(string path, int matrixRows, ItemLookup items, string? domain, bool ignoreUnknown)
    {
        string[] lines = Lines(path);
        if (lines.Length != matrixRows)
            throw new UserErrorException($"{path} has {lines.Length:N0} lines, but the features have {matrixRows:N0} rows; give one item id for each row.");
        var sources = new RowSource[items.Count];
        Array.Fill(sources, RowSource.None);
        for (int i = 0; i < lines.Length; i++)
        {
            int tab = lines[i].IndexOf('\t', StringComparison.Ordinal);
            var (named, id) = tab < 0 ? (domain, lines[i]) : (lines[i][..tab], lines[i][(tab + 1)..]);
            int row = items.Find(named ?? items.OnlyDomain(path), id);
            if (row < 0 && ignoreUnknown)
                continue;
            if (row < 0)
                throw new UserErrorException($"{path}, line {i + 1}: the catalogue has no item '{id}'{(named is null ? "" : $" in domain '{named}'")}; correct the id, name the --domain, or use --ignore-unknown.");
            if (sources[row].Matrix >= 0)
                throw new UserErrorException($"{path}, line {i + 1}: item '{id}' has a row already (line {sources[row].Row + 1}); give each item one row.");
            sources[row] = new(0, i);
        }

        return sources;
    }

    private static string[] Lines(string path)
    {
        RegularFile.Require(path);
        if (!File.Exists(path))
            throw new UserErrorException($"'{path}' does not exist; give a text file with the item id of each row, one a line.");
        string[] lines = File.ReadAllLines(path);
        return [.. lines.Take(Array.FindLastIndex(lines, line => line.Length > 0) + 1)];
    }
}
