namespace UniM2Rec.Storage;

/// <summary>What writing a file safely takes. Tests put failing storage in its place.</summary>
public interface IStorage
{
    /// <summary>Opens a new file for writing, in place of one that is there.</summary>
    Stream Create(string path);

    /// <summary>Flushes a file from <see cref="Create"/> to the medium.</summary>
    void Sync(Stream file);

    /// <summary>Renames a file in one step, in place of the destination if it exists.</summary>
    void Replace(string source, string destination);

    /// <summary>Flushes a folder's entries (new, renamed and deleted names) to the medium.</summary>
    void SyncFolder(string folder);

    /// <summary>Deletes a file if it exists.</summary>
    void Delete(string path);
}
