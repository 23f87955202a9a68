using System.Globalization;
using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Writes a catalogue: items and events of all domains in any order, then <see cref="Complete"/>, which puts every file in its place,
/// dataset.json last. Without it nothing appears but files that end in .tmp.
/// </summary>
public sealed class DatasetWriter : IDisposable
{
    private readonly string _folder;
    private readonly DatasetFile _file;
    private readonly bool _ratings;
    private readonly bool _splits;
    private readonly Dictionary<string, DomainFiles> _domains = [];

    private DatasetWriter(string folder, DatasetFile file, bool ratings, bool splits)
    {
        (this._folder, this._file, this._ratings, this._splits) = (folder, file, ratings, splits);
        foreach (string domain in file.Domains)
        {
            Directory.CreateDirectory(Path.Combine(folder, domain));
            _domains.Add(domain, new DomainFiles(
                new PendingFile(CatalogueLayout.Items(folder, domain), "item_id,title,category,brand,description,image"),
                new PendingFile(CatalogueLayout.Interactions(folder, domain),
                    "user_id,item_id,timestamp" + (ratings ? ",rating" : "") + (splits ? ",split" : ""))));
        }
    }

    /// <summary>Begins a catalogue.</summary>
    /// <param name="folder">made if it does not exist; files of the same names are replaced at the end</param>
    /// <param name="name">name of the catalogue</param>
    /// <param name="domains">all domains in order</param>
    /// <param name="images">pictures folder relative to <paramref name="folder"/>, or null</param>
    /// <param name="ratings">write the column rating</param>
    /// <param name="splits">write the column split</param>
    /// <exception cref="Diagnostics.UserErrorException">the folder can't be written to</exception>
    public static DatasetWriter Create(
        string folder, string name, IReadOnlyList<string> domains, string? images = null, bool ratings = false, bool splits = false)
    {
        try
        {
            return new DatasetWriter(Path.GetFullPath(folder), new DatasetFile(name, domains, images), ratings, splits);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StorageErrors.CannotWrite(folder, failure);
            return null;
        }
    }

    /// <summary>Adds an item to its <see cref="Item.Domain"/>.</summary>
    public void WriteItem(Item item)
    {
        TextWriter text = FilesOf(item.Domain).Items.Text;
        text.Write(CsvText.Field(item.ItemId));
        foreach (string field in (ReadOnlySpan<string>)[item.Title, item.Category, item.Brand, item.Description, item.Image])
        {
            text.Write(',');
            text.Write(CsvText.Field(field));
        }
        text.Write('\n');
    }

    /// <summary>Adds an event to a domain. A NaN rating is written empty.</summary>
    public void WriteInteraction(string domain, in Interaction interaction)
    {
        TextWriter text = FilesOf(domain).Interactions.Text;
        text.Write(CsvText.Field(interaction.UserId));
        text.Write(',');
        text.Write(CsvText.Field(interaction.ItemId));
        text.Write(',');
        text.Write(interaction.Timestamp.ToString(CultureInfo.InvariantCulture));
        if (_ratings)
        {
            text.Write(',');
            if (!float.IsNaN(interaction.Rating))
                text.Write(interaction.Rating.ToString(CultureInfo.InvariantCulture));
        }
        if (_splits)
        {
            text.Write(',');
            text.Write(InteractionReader.NameOf(interaction.Split));
        }
        text.Write('\n');
    }

    /// <summary>Puts all files in their places.</summary>
    /// <exception cref="Diagnostics.UserErrorException">a file can't be written</exception>
    public void Complete()
    {
        foreach (var files in _domains.Values)
        {
            files.Items.Commit();
            files.Interactions.Commit();
        }
        _file.Write(_folder, DiskStorage.Instance);
    }

    /// <summary>Closes the files; those not completed are deleted.</summary>
    public void Dispose()
    {
        foreach (var files in _domains.Values)
        {
            files.Items.Dispose();
            files.Interactions.Dispose();
        }
    }

    private DomainFiles FilesOf(string domain)
    {
        if (!_domains.TryGetValue(domain, out var files))
            throw new ArgumentException($"domain '{domain}' was not named when the catalogue was begun", nameof(domain));
        return files;
    }

    private sealed record DomainFiles(PendingFile Items, PendingFile Interactions);

    /// <summary>A text file that gets its name when it is complete.</summary>
    private sealed class PendingFile : IDisposable
    {
        private readonly string _path;
        private readonly Stream _stream;
        private bool _closed;

        public PendingFile(string path, string header)
        {
            this._path = path;
            _stream = DiskStorage.Instance.Create(path + AtomicFile.TemporarySuffix);
            Text = new StreamWriter(_stream, new UTF8Encoding(false), 1 << 16);
            Text.Write(header + "\n");
        }

        public StreamWriter Text { get; }

        public void Commit()
        {
            try
            {
                Text.Flush();
                DiskStorage.Instance.Sync(_stream);
                Text.Dispose();
                _closed = true;
                DiskStorage.Instance.Replace(_path + AtomicFile.TemporarySuffix, _path);
                DiskStorage.Instance.SyncFolder(Path.GetDirectoryName(_path)!);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                StorageErrors.CannotWrite(_path, failure);
            }
        }

        public void Dispose()
        {
            if (_closed)
                return;
            _closed = true;
            _stream.Dispose();
            DiskStorage.Instance.Delete(_path + AtomicFile.TemporarySuffix);
        }
    }
}
