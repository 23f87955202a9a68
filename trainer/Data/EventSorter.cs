using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace UniM2Rec.Trainer.Data;

/// <summary>An event as it is sorted: by user, then time, then the order of reading.</summary>
/// <param name="User">Number of the user.</param>
/// <param name="Order">How many events were read before it.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Row">The item's row in the feature store.</param>
/// <param name="Domain">The domain's index in the flow.</param>
/// <param name="Split">Its part of a given split.</param>
internal readonly record struct LoggedEvent(int User, int Order, double Time, int Row, ushort Domain, SplitPart Split) : IComparable<LoggedEvent>
{
    /// <inheritdoc/>
    public int CompareTo(LoggedEvent other)
    {
        int order = User.CompareTo(other.User);
        if (order == 0) order = Time.CompareTo(other.Time);
        return order == 0 ? Order.CompareTo(other.Order) : order;
    }
}

/// <summary>
/// Sorts any number of events in bounded memory (external merge sort): what fills the memory is sorted and goes to a temporary file as a run, and the
/// runs are merged as they are read. A log that fits is sorted where it is. The order of reading makes every event distinct, so the sort is stable.
/// </summary>
/// <param name="memoryBytes">What events in memory take at most.</param>
internal sealed class EventSorter(long memoryBytes) : IDisposable
{
    private const int LeastEvents = 16, FirstEvents = 1 << 10;
    private static readonly int EventBytes = Unsafe.SizeOf<LoggedEvent>();

    private readonly int _mostHeld = (int)Math.Clamp(memoryBytes / Unsafe.SizeOf<LoggedEvent>(), LeastEvents, Array.MaxLength / Unsafe.SizeOf<LoggedEvent>());
    private readonly List<Spool> _runs = [];
    private LoggedEvent[] _held = [];
    private int _filled;

    /// <summary>Events so far.</summary>
    public int Count { get; private set; }

    /// <summary>Runs that are in temporary files.</summary>
    public int RunCount => _runs.Count;

    /// <summary>Takes an event.</summary>
    /// <exception cref="UserErrorException">The temporary folder is full, or there are more events than a log can hold.</exception>
    public void Add(int user, double time, int row, ushort domain, SplitPart split)
    {
        if (Count == Array.MaxLength)
            throw new UserErrorException($"The flow has more than {Array.MaxLength:N0} interactions, which is the most that a log can hold; name fewer domains by data.flow (--flow).");
        if (_filled == _held.Length) MakeRoom();
        _held[_filled++] = new LoggedEvent(user, Count++, time, row, domain, split);
    }

    /// <summary>All events in their order; nothing is added any more.</summary>
    public IEnumerable<LoggedEvent> Sorted()
    {
        Array.Sort(_held, 0, _filled);
        return _runs.Count == 0 ? _held.Take(_filled) : Merged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in _runs) run.Dispose();
    }

    private void MakeRoom()
    {
        if (_held.Length < _mostHeld)
        {
            Array.Resize(ref _held, (int)Math.Min(_mostHeld, Math.Max(FirstEvents, 2L * _held.Length)));
            return;
        }

        Spill();
    }

    private void Spill()
    {
        Array.Sort(_held, 0, _filled);
        var run = new Spool();
        _runs.Add(run);
        run.Write(MemoryMarshal.AsBytes(_held.AsSpan(0, _filled)));
        _filled = 0;
    }

    private IEnumerable<LoggedEvent> Merged()
    {
        Spill();
        _held = [];
        int piece = Math.Max(1, _mostHeld / _runs.Count);
        var next = new PriorityQueue<IEnumerator<LoggedEvent>, LoggedEvent>();
        foreach (var run in _runs)
        {
            var events = Read(run, piece).GetEnumerator();
            if (events.MoveNext()) next.Enqueue(events, events.Current);
        }

        while (next.TryPeek(out var events, out var first))
        {
            yield return first;
            if (events.MoveNext()) next.DequeueEnqueue(events, events.Current);
            else next.Dequeue();
        }
    }

    private static IEnumerable<LoggedEvent> Read(Spool run, int piece)
    {
        var events = new LoggedEvent[Math.Min(piece, run.Length / EventBytes)];
        for (long at = 0; at < run.Length;)
        {
            int count = (int)Math.Min(events.Length, (run.Length - at) / EventBytes);
            run.ReadAt(at, MemoryMarshal.AsBytes(events.AsSpan(0, count)));
            for (int i = 0; i < count; i++) yield return events[i];
            at += (long)count * EventBytes;
        }
    }
}
