using System.Globalization;
using System.Text;
using UniM2Rec.SafeTensors;

namespace UniM2Rec.Trainer.Data;

/// <summary>Builds a log's folder: reads the catalogue once, sorts in bounded memory, and writes all columns as the sorted events pass by.</summary>
internal static class InteractionLogWriter
{
    private const int CancellationStride = 1 << 16;

    /// <summary>Writes the folder whole, or leaves what was there.</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="from">The interactions, and what their files are.</param>
    /// <param name="rejects">Takes the rows that are left out, with the reason.</param>
    /// <param name="sortBytes">What sorting takes at most.</param>
    /// <param name="context">Shows how far it is, and stops it.</param>
    /// <param name="storage">Where it is written.</param>
    /// <exception cref="UserErrorException">As for <see cref="InteractionLogReader.Read"/>; the folder can't be written.</exception>
    public static InteractionLogManifest Write(
        string folder, (InteractionSource Source, IReadOnlyList<LogSource> Files) from, RejectLog rejects, long sortBytes,
        (IProgressSink Progress, CancellationToken Cancellation) context, IStorage storage)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            using var staged = new StagedFolder(folder);
            var users = new IdSet();
            using var sorter = new EventSorter(sortBytes);
            bool predefined = Collect(staged.Path, from.Source, rejects, (users, sorter), context, storage);
            WriteColumns(staged.Path, (users, sorter), predefined, context, storage);
            var files = Directory.GetFiles(staged.Path).Order(StringComparer.Ordinal)
                .Select(path => new LogFile(Path.GetFileName(path), new FileInfo(path).Length, InteractionLogFolder.HashOf(path, "a column of an interaction log"))).ToList();
            var manifest = new InteractionLogManifest(
                LogLayout.Format, LogLayout.Version, from.Source.Store.DatasetFingerprint, users.Count, sorter.Count, from.Files, files);
            using (var stream = storage.Create(Path.Combine(staged.Path, LogLayout.Manifest))) stream.Write(Encoding.UTF8.GetBytes(KeptJson.SerializeWithChecksum(manifest)));
            staged.Publish();
            return manifest;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The interactions can't be kept in '{folder}' ({failure.Message.TrimEnd('.')}); make room there, or name another folder by data.log.", failure);
        }
    }

    /// <summary>Reads the interactions, and lists what is rejected so that it can be told again.</summary>
    private static bool Collect(
        string folder, InteractionSource source, RejectLog rejects, (IdSet Users, EventSorter Events) into, (IProgressSink Progress, CancellationToken Cancellation) context,
        IStorage storage)
    {
        using var stream = storage.Create(Path.Combine(folder, LogLayout.Rejects));
        using var list = new StreamWriter(stream, new UTF8Encoding(false));
        CsvText.WriteRow(list, LogLayout.RejectColumns);
        var domains = source.Domains.ToDictionary(domain => CatalogueLayout.Interactions(source.Dataset.Folder, domain));
        string unknown = "";
        bool IsGone(string domain, string item)
        {
            unknown = item;
            if (source.IsGone?.Invoke(domain, item) != true) return false;
            List(domain, rejects.CurrentLine, InteractionLogReader.UnknownItem(domain, item));
            return true;
        }

        void List(string domain, long line, string reason)
        {
            CsvText.WriteRow(list, domain, line.ToString(CultureInfo.InvariantCulture), reason, unknown);
            unknown = "";
        }

        rejects.Told = (file, line, reason) => List(domains[file], line, reason);
        try
        {
            return InteractionLogReader.Collect(source with { IsGone = IsGone }, rejects, into, context);
        }
        finally
        {
            rejects.Told = null;
        }
    }

    private static void WriteColumns(
        string folder, (IdSet Users, EventSorter Events) from, bool predefined, (IProgressSink Progress, CancellationToken Cancellation) context, IStorage storage)
    {
        int count = from.Events.Count;
        int[] offsets = new int[from.Users.Count + 1];
        int written = 0;
        using (var items = New<int>(LogLayout.Items, SafeTensorType.I32))
        using (var times = New<double>(LogLayout.Times, SafeTensorType.F64))
        using (var domains = New<ushort>(LogLayout.Domains, SafeTensorType.U16))
        using (var split = predefined ? New<byte>(LogLayout.Split, SafeTensorType.U8) : null)
        using (var task = context.Progress.Start("Sorting interactions", count, "events"))
        {
            foreach (var e in from.Events.Sorted())
            {
                items.Add(e.Row);
                times.Add(e.Time);
                domains.Add(e.Domain);
                split?.Add((byte)e.Split);
                offsets[e.User + 1] = ++written;
                task.Advance();
                if (written % CancellationStride == 0) context.Cancellation.ThrowIfCancellationRequested();
            }

            items.Complete();
            times.Complete();
            domains.Complete();
            split?.Complete();
        }

        using var stream = storage.Create(Path.Combine(folder, LogLayout.Users));
        var users = new SafeTensorsWriter(stream);
        users.Declare(LogLayout.Offsets, SafeTensorType.I32, [offsets.Length]);
        users.Declare(LogLayout.Ends, SafeTensorType.I32, [from.Users.Count]);
        users.Declare(LogLayout.Ids, SafeTensorType.U8, [from.Users.Text.Length]);
        users.Write<int>(offsets);
        users.Write(from.Users.Ends);
        users.Write(from.Users.Text);
        users.Complete();

        ColumnWriter<T> New<T>(string name, SafeTensorType type)
            where T : unmanaged => new(storage.Create(Path.Combine(folder, name)), type, count);
    }

    /// <summary>A file of one tensor that is written number by number.</summary>
    private sealed class ColumnWriter<T> : IDisposable
        where T : unmanaged
    {
        private readonly Stream _stream;
        private readonly SafeTensorsWriter _writer;
        private readonly T[] _waiting = new T[1 << 15];
        private int _filled;

        public ColumnWriter(Stream stream, SafeTensorType type, int count)
        {
            (_stream, _writer) = (stream, new SafeTensorsWriter(stream));
            _writer.Declare(LogLayout.Column, type, [count]);
        }

        public void Add(T value)
        {
            if (_filled == _waiting.Length) Flush();
            _waiting[_filled++] = value;
        }

        public void Complete()
        {
            Flush();
            _writer.Complete();
        }

        public void Dispose() => _stream.Dispose();

        private void Flush()
        {
            _writer.Write<T>(_waiting.AsSpan(0, _filled));
            _filled = 0;
        }
    }
}
