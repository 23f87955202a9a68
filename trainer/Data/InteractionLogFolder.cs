using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using UniM2Rec.SafeTensors;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// A log that is kept in a folder as columns (docs/FORMAT.md), and read where it lies: mapped, so that memory holds what is being worked on. It is built
/// from a catalogue when it is first asked for, and again once one of the files that it was made from has changed.
/// </summary>
internal sealed class InteractionLogFolder : IDisposable
{
    private const int Piece = 1 << 20;
    private readonly List<SafeTensorsFile> _files = [];

    private InteractionLogFolder(string folder, InteractionLogManifest manifest, InteractionSource source)
    {
        try
        {
            foreach (var file in manifest.Files) RequireSound(folder, file);
            var users = Open(LogLayout.Users);
            var split = manifest.Files.Any(file => file.Name == LogLayout.Split) ? Open(LogLayout.Split) : null;
            var events = new EventColumns(
                Column<int>.Of(Open(LogLayout.Items).Span<int>(LogLayout.Column)),
                Column<double>.Of(Open(LogLayout.Times).Span<double>(LogLayout.Column)),
                Column<ushort>.Of(Open(LogLayout.Domains).Span<ushort>(LogLayout.Column)),
                split is null ? null : Column<SplitPart>.Of(MemoryMarshal.Cast<byte, SplitPart>(split.Span<byte>(LogLayout.Column))));
            var names = new UserNames(Column<byte>.Of(users.Span<byte>(LogLayout.Ids)), Column<int>.Of(users.Span<int>(LogLayout.Ends)));
            Log = new InteractionLog(names, source.Domains, users.Span<int>(LogLayout.Offsets).ToArray(), events) { SameTimeRule = source.SameTime };
        }
        catch
        {
            Dispose();
            throw;
        }

        SafeTensorsFile Open(string name)
        {
            _files.Add(SafeTensorsFile.Open(Path.Combine(folder, name)));
            return _files[^1];
        }
    }

    /// <summary>The log; it ends with this.</summary>
    public InteractionLog Log { get; }

    /// <summary>Opens the log of a source, which is built where the folder does not hold it as the source is now.</summary>
    /// <param name="folder">Where it is kept.</param>
    /// <param name="source">The interactions.</param>
    /// <param name="rejects">Takes the rows that are left out, with the reason, also where they are not read again.</param>
    /// <param name="sortBytes">What sorting takes at most.</param>
    /// <param name="context">Shows how far it is, and stops it.</param>
    /// <param name="storage">Where it is written; null for the file system.</param>
    /// <exception cref="UserErrorException">As for <see cref="InteractionLogReader.Read"/>; the folder holds something else, is damaged, or can't be written.</exception>
    public static InteractionLogFolder Open(
        string folder, InteractionSource source, RejectLog rejects, long sortBytes, (IProgressSink Progress, CancellationToken Cancellation) context, IStorage? storage = null)
    {
        folder = Path.GetFullPath(folder);
        var sources = source.Domains.Select(domain => SourceOf(source.Dataset.Folder, domain, context)).ToList();
        var kept = LogLayout.Load(folder);
        if (kept is not null && kept.IsOf(source, sources)) Repeat(folder, kept, source, rejects);
        else kept = InteractionLogWriter.Write(folder, (source, sources), rejects, sortBytes, context, storage ?? DiskStorage.Instance);
        return new InteractionLogFolder(folder, kept, source);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
    }

    /// <summary>SHA-256 of a file in hexadecimal.</summary>
    internal static string HashOf(string path, string whatItIs, Action<int>? passed = null)
    {
        using var file = RegularFile.Open(path, whatItIs, FileOptions.SequentialScan);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] piece = new byte[Piece];
        while (file.Read(piece) is > 0 and var read)
        {
            hash.AppendData(piece.AsSpan(0, read));
            passed?.Invoke(read);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static LogSource SourceOf(string dataset, string domain, (IProgressSink Progress, CancellationToken Cancellation) context)
    {
        var file = new FileInfo(CatalogueLayout.Interactions(dataset, domain));
        if (!file.Exists) return new LogSource(domain, 0, ""); // whoever reads it says so
        using var task = context.Progress.Start($"Looking for changes in {domain}/{file.Name}", file.Length, "bytes");
        return new LogSource(domain, file.Length, HashOf(file.FullName, "a CSV file", read =>
        {
            task.Advance(read);
            context.Cancellation.ThrowIfCancellationRequested();
        }));
    }

    /// <summary>Rejects once more what was rejected when the log was built.</summary>
    private static void Repeat(string folder, InteractionLogManifest manifest, InteractionSource source, RejectLog rejects)
    {
        string path = Path.Combine(folder, LogLayout.Rejects);
        RequireSound(folder, manifest.Files.First(file => file.Name == LogLayout.Rejects));
        rejects.Accept(manifest.Events);
        foreach (string[] row in KeptTable.Read(path, LogLayout.RejectColumns))
        {
            if (row is [var domain, _, _, [_, ..] item] && source.IsGone?.Invoke(domain, item) == true) rejects.Accept();
            else rejects.Add(CatalogueLayout.Interactions(source.Dataset.Folder, row[0]), long.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture), row[2]);
        }

        rejects.ThrowIfTooMany();
    }

    private static void RequireSound(string folder, LogFile file)
    {
        string path = Path.Combine(folder, file.Name);
        if (FileKinds.Of(path) == FileKind.Missing) throw LogLayout.Damaged(path, "is missing");
        long length = new FileInfo(path).Length;
        if (length != file.Bytes) throw LogLayout.Damaged(path, $"has {length:N0} bytes, and log.json says {file.Bytes:N0}");
        string found = HashOf(path, "a column of an interaction log");
        if (found != file.Sha256) throw LogLayout.Damaged(path, $"has the hash {found[..12]}, and log.json says {file.Sha256[..Math.Min(12, file.Sha256.Length)]}");
    }
}

/// <summary>What a log's folder says of itself, as <c>log.json</c>.</summary>
/// <param name="Format">Always <see cref="LogLayout.Format"/>.</param>
/// <param name="Version">Of the format.</param>
/// <param name="Catalogue">Fingerprint of the items whose rows the events name.</param>
/// <param name="Users">Number of users.</param>
/// <param name="Events">Number of events.</param>
/// <param name="Sources">What it was made from, in the order of the flow's domains.</param>
/// <param name="Files">What it consists of.</param>
internal sealed record InteractionLogManifest(string Format, int Version, string Catalogue, int Users, int Events, IReadOnlyList<LogSource> Sources, IReadOnlyList<LogFile> Files)
{
    /// <summary>Whether the log is that of a source as it is now.</summary>
    public bool IsOf(InteractionSource source, IReadOnlyList<LogSource> now) =>
        Version == LogLayout.Version && Catalogue == source.Store.DatasetFingerprint && Sources.SequenceEqual(now);
}

/// <summary>An interactions.csv that a log was made from.</summary>
/// <param name="Domain">Its domain.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash.</param>
internal sealed record LogSource(string Domain, long Bytes, string Sha256);

/// <summary>A file of a log.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its hash.</param>
internal sealed record LogFile(string Name, long Bytes, string Sha256);

/// <summary>Names of a log's files and of what is in them.</summary>
internal static class LogLayout
{
    public const string Format = "unim2rec-log";
    public const int Version = 1;
    public const string Manifest = "log.json", Users = "users.safetensors", Rejects = "rejects.csv";
    public const string Items = "items.safetensors", Times = "times.safetensors", Domains = "domains.safetensors", Split = "split.safetensors";
    public const string Column = "events", Ids = "ids", Ends = "ends", Offsets = "offsets";

    /// <summary>Columns of the rejected rows; the item where it is what the row was rejected for.</summary>
    public static string[] RejectColumns { get; } = ["domain", "line", "reason", "item_id"];

    /// <returns>What a folder says of itself; null where it is not there yet, or empty.</returns>
    /// <exception cref="UserErrorException">It is no log's, or its manifest is damaged.</exception>
    public static InteractionLogManifest? Load(string folder)
    {
        string path = Path.Combine(folder, Manifest);
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()) return null;
        if (FileKinds.Of(path) == FileKind.Missing)
            throw new UserErrorException($"The folder '{folder}' that data.log names holds no {Manifest} but something else, which a log would take the place of; name another folder by data.log.");
        try
        {
            var manifest = KeptJson.Read<InteractionLogManifest>(path, "an interaction log's manifest");
            if (manifest.Format != Format) throw new JsonException($"its format is '{manifest.Format}', not '{Format}'");
            return manifest;
        }
        catch (JsonException error)
        {
            throw Damaged(path, $"can't be read ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>The refusal of a file that is not as it was written.</summary>
    public static UserErrorException Damaged(string path, string what, Exception? inner = null) => new(
        $"'{path}' {what}, so the log is damaged; delete the folder {Path.GetDirectoryName(path)}, and the same command builds it again from the catalogue.", inner);
}
