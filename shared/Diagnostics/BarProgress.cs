using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace UniM2Rec.Diagnostics;

/// <summary>
/// Progress as bars on a terminal. The display lives from the first task's start until the last running task's end; a later task
/// opens a new one.
/// </summary>
/// <param name="console">the terminal</param>
public sealed class BarProgress(IAnsiConsole console) : IProgressSink
{
    private const double NoTotal = long.MaxValue;

    private readonly Lock _state = new();
    private ProgressContext? _context;
    private TaskCompletionSource? _finished;
    private Task? _display;
    private int _running;

    /// <inheritdoc/>
    public IProgressTask Start(string title, long? total, string unit)
    {
        lock (_state)
        {
            _context ??= OpenDisplay();
            _running++;
            var task = _context.AddTask(Markup.Escape(title), autoStart: true, maxValue: total is null ? NoTotal : Math.Max(1, total.Value));
            task.IsIndeterminate = total is null;
            task.State.Update<UnitName>(UnitName.Key, _ => new UnitName(unit));
            return new BarProgressTask(this, task);
        }
    }

    internal void End(ProgressTask task)
    {
        lock (_state)
        {
            if (task.IsIndeterminate)
                SetTotal(task, (long)task.Value);
            task.StopTask();
            if (--_running > 0)
                return;
            _finished!.SetResult();
            _display!.GetAwaiter().GetResult();
            _context = null;
        }
    }

    internal static void SetTotal(ProgressTask task, long total)
    {
        task.MaxValue = Math.Max(1, total);
        task.IsIndeterminate = false;
    }

    // Spectre shows bars only inside a callback, so the callback waits for the end on a thread of its own: the pool's may all be at work.
    private ProgressContext OpenDisplay()
    {
        var opened = new TaskCompletionSource<ProgressContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        _finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = _finished.Task;
        _display = Task.Factory.StartNew(() => console.Progress()
            .Columns(new TitleColumn(), new ProgressBarColumn(), new ShareColumn(),
                new CountColumn(), new RateColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                opened.SetResult(context);
                ended.Wait();
            }), TaskCreationOptions.LongRunning);
        // A display that cannot open ends its task first; its exception is then the one to show.
        Task.WaitAny(opened.Task, _display);
        return opened.Task.IsCompleted ? opened.Task.Result : throw _display.Exception!.GetBaseException();
    }
}

internal sealed class BarProgressTask(BarProgress sink, ProgressTask task) : IProgressTask
{
    private int _disposed;

    public void Advance(long by = 1) => task.Increment(by);

    public void Describe(string text) => task.Description = Markup.Escape(text);

    public void SetTotal(long total) => BarProgress.SetTotal(task, total);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            sink.End(task);
    }
}

/// <summary>What is done, cut where the terminal has no room for it beside the numbers.</summary>
internal sealed class TitleColumn : ProgressColumn
{
    private const int Numbers = 48, Least = 12;

    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        string title = Markup.Remove(task.Description);
        int most = Math.Max(Least, options.ConsoleSize.Width - Numbers);
        return new Text(title.Length <= most ? title : title[..(most - 1)] + "…");
    }
}

/// <summary>How much is done, where it is known of how much.</summary>
internal sealed class ShareColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Text(task.IsIndeterminate ? "" : string.Create(CultureInfo.InvariantCulture, $"{task.Percentage:0}%").PadLeft(4));
}

/// <summary>Units done, and of how many where that is known.</summary>
internal sealed class CountColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        string done = task.Value.ToString("N0", CultureInfo.InvariantCulture);
        return new Text(task.IsIndeterminate ? done : $"{done}/{task.MaxValue.ToString("N0", CultureInfo.InvariantCulture)}");
    }
}

/// <summary>Units a second.</summary>
internal sealed class RateColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        double? speed = task.Speed ?? (task.ElapsedTime is { TotalSeconds: > 0 } elapsed ? task.Value / elapsed.TotalSeconds : null);
        return new Text(speed is { } known ? $"{ProgressText.Rate(known)} {task.State.Get<UnitName>(UnitName.Key).Plural}/s" : "");
    }
}

/// <summary>The unit in a bar's state, which holds values of value types only.</summary>
internal readonly record struct UnitName(string Plural)
{
    public const string Key = "unit";
}
