using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>What readers of <c>metrics.jsonl</c> show of a file that says less than its run has done.</summary>
public sealed class MetricsFileTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(null, 0)]
    public void Epochs_whose_lines_are_lost_are_shown_from_the_checkpoint_and_said(int? kept, int skipped)
    {
        var run = _small.Train("run", epochs: 3);
        string right = Report(run, out string said);
        Assert.DoesNotContain(" WRN ", said, StringComparison.Ordinal);
        string[] lines = File.ReadAllLines(run.Metrics);
        if (kept is null) File.Delete(run.Metrics);
        else File.WriteAllLines(run.Metrics, lines.Skip(skipped).Take(kept.Value + skipped).ToArray());
        int lacking = 3 - (kept is null ? 0 : File.ReadAllLines(run.Metrics).Length);

        string shown = Report(run, out said);

        Assert.Equal(right, shown);
        Assert.Contains($"has no line of {lacking} of the 3 epochs", said, StringComparison.Ordinal);
        Assert.Contains("metrics.jsonl", said, StringComparison.Ordinal);

        Assert.Equal(0, TrainerRun.Of("finetune", "--out", run.Path, "--resume").Code);
        Assert.Equal(lines, File.ReadAllLines(run.Metrics));
    }

    [Fact]
    public void Without_a_whole_checkpoint_the_file_alone_counts()
    {
        var run = _small.Train("run");
        foreach (string checkpoint in new[] { run.Last, run.Former }) File.WriteAllText(checkpoint, "damaged");
        File.WriteAllLines(run.Metrics, File.ReadAllLines(run.Metrics)[..1]);
        _small.Said.Clear();

        Assert.Single(MetricsFile.Of(run, _small.Context().Log));

        Assert.Empty(_small.Said);
    }

    private string Report(RunFolder run, out string said)
    {
        var result = TrainerRun.Of("report", "--runs", run.Path, "--out", _small["report.html"]);
        Assert.True(result.Code == 0, result.Errors);
        said = result.Errors;
        return File.ReadAllText(_small["report.html"]);
    }
}
