using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Diagnostics;

public sealed class ProgressTests
{
    private readonly StringWriter output = new();
    private readonly ManualTime time = new();

    private string[] Lines => output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [Fact]
    public void Plain_lines_come_at_most_once_an_interval_with_speed_and_time_left()
    {
        var sink = new PlainProgress(output, time, TimeSpan.FromSeconds(5));
        using (var task = sink.Start("text", 3000, "items"))
        {
            for (int second = 1; second <= 12; second++)
            {
                time.Pass(1);
                task.Advance(100);
            }
        }
        Assert.Equal([
            "text: 500 of 3,000 items (17%), 100 items/s, 25 s left",
            "text: 1,000 of 3,000 items (33%), 100 items/s, 20 s left",
            "text: 1,200 items in 12 s, 100 items/s",
        ], Lines);
    }

    [Fact]
    public void Without_a_total_there_is_no_share_until_it_is_set()
    {
        var sink = new PlainProgress(output, time, TimeSpan.FromSeconds(5));
        var task = sink.Start("read", null, "rows");
        time.Pass(6);
        task.Advance(3);
        task.SetTotal(12);
        task.Describe("read items.csv");
        time.Pass(6);
        task.Advance(3);
        task.Dispose();
        task.Dispose();
        Assert.Equal([
            "read: 3 rows, 0.50 rows/s",
            "read items.csv: 6 of 12 rows (50%), 0.50 rows/s, 12 s left",
            "read items.csv: 6 rows in 12 s, 0.50 rows/s",
        ], Lines);
    }

    [Fact]
    public void Tasks_at_the_same_time_keep_their_own_counts()
    {
        var sink = new PlainProgress(output, time, TimeSpan.FromSeconds(5));
        using IProgressTask text = sink.Start("text", 10, "items"), image = sink.Start("image", 10, "items");
        time.Pass(5);
        Parallel.For(0, 10, _ => text.Advance());
        image.Advance(2);
        Assert.Equal(2, Lines.Length);
        Assert.Single(Lines, line => line.StartsWith("text: "));
        Assert.Contains("image: 2 of 10 items (20%), 0.40 items/s, 20 s left", Lines);
    }

    [Fact]
    public void Bars_show_several_tasks_and_a_later_display_opens_again()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = 140;
        var sink = new BarProgress(console);
        using (IProgressTask text = sink.Start("text [768]", 4, "items"), image = sink.Start("image", null, "pictures"))
        {
            text.Advance(4);
            image.SetTotal(2);
            image.Advance(2);
            image.Describe("pictures done");
        }
        Assert.Contains("text [768]", output.ToString());
        Assert.Contains("4/4", output.ToString());
        Assert.Contains("pictures done", output.ToString());
        Assert.Contains("100%", output.ToString());
        Assert.Contains("items/s", output.ToString());
        output.GetStringBuilder().Clear();
        using (var again = sink.Start("again", 1, "items"))
            again.Advance();
        Assert.Contains("again", output.ToString());
    }

    [Theory]
    [InlineData(0.42, "0.4 s")]
    [InlineData(42, "42 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7620, "2 h 07 min")]
    public void Durations_are_short(double seconds, string text) => Assert.Equal(text, ProgressText.Duration(TimeSpan.FromSeconds(seconds)));
}
