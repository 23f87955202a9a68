using UniM2Rec.Storage;

namespace UniM2Rec.Tests.Testing;

/// <summary>
/// Storage that fails at its nth operation. As a kill it throws <see cref="Killed"/> and answers nothing after that; as a fault
/// it throws an <see cref="IOException"/> once. A failing write leaves half of its bytes behind. Nothing is flushed to the medium:
/// a killed process loses none of what it wrote, and the tests are many.
/// </summary>
public sealed class FaultyStorage(int failAt, bool isKill = false, Func<string, bool>? counts = null) : IStorage
{
    /// <summary>Storage that never fails.</summary>
    public static FaultyStorage Sound => new(int.MaxValue);

    private int operations;
    private bool failed;

    public int Operations => operations;

    public Stream Create(string path)
    {
        Count("create " + path);
        return new FaultyStream(this, DiskStorage.Instance.Create(path), path);
    }

    public void Sync(Stream file)
    {
        Count("sync");
        file.Flush();
    }

    public void Replace(string source, string destination)
    {
        Count("replace " + destination);
        DiskStorage.Instance.Replace(source, destination);
    }

    public void SyncFolder(string folder) => Count("sync folder");

    public void Delete(string path)
    {
        Count("delete " + path);
        DiskStorage.Instance.Delete(path);
    }

    private void Count(string operation)
    {
        if (failed && isKill)
            throw new Killed();
        if (counts is not null && !counts(operation))
            return;
        if (operations++ != failAt)
            return;
        failed = true;
        throw isKill ? new Killed() : new IOException("No space left on device");
    }

    public sealed class Killed() : Exception("killed by the test");

    private sealed class FaultyStream(FaultyStorage storage, Stream inner, string path) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                storage.Count("write " + path);
            }
            catch
            {
                inner.Write(buffer[..(buffer.Length / 2)]);
                inner.Flush();
                throw;
            }
            inner.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing) => inner.Dispose();
    }
}
