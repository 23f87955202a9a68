using Serilog;
using UniM2Rec.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Diagnostics;

public sealed class DiagnosticsTests
{
    [Theory]
    [InlineData("horor", "horror")]
    [InlineData("HORROR", "horror")]
    [InlineData("darma", "drama")]
    [InlineData("comedy", "comedy")]
    [InlineData("x", null)]
    [InlineData("documentary", null)]
    public void The_nearest_name_is_found_or_none(string name, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(name, ["comedy", "drama", "horror"]));

    [Fact]
    public void The_log_writes_short_lines_to_the_console_and_full_ones_to_the_file()
    {
        using var folder = new TemporaryFolder();
        var console = new StringWriter();
        var log = ProgramLog.Create(folder["sub/run.log"], verbose: false, terminal: null, console);
        log.Debug("hidden {Detail}", 1);
        log.Information("read {Count} rows of {File}", 3, "items.csv");
        ((IDisposable)log).Dispose();
        Assert.EndsWith(" INF read 3 rows of items.csv" + Environment.NewLine, console.ToString());
        Assert.DoesNotContain("hidden", console.ToString());
        string file = File.ReadAllText(folder["sub/run.log"]);
        Assert.Contains("[DBG] hidden 1", file);
        Assert.Contains("[INF] read 3 rows of items.csv", file);
    }

    [Fact]
    public void A_log_file_that_cannot_be_opened_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains("log file", Assert.Throws<UserErrorException>(() => ProgramLog.Create(folder.Path, verbose: true)).Message);
    }

    [Fact]
    public void The_first_request_to_stop_cancels_and_the_second_is_left_to_the_system()
    {
        using var interruption = Interruption.Listen();
        Assert.False(interruption.Token.IsCancellationRequested);
        Assert.True(interruption.Request());
        Assert.True(interruption.Token.IsCancellationRequested);
        Assert.False(interruption.Request());
    }
}
