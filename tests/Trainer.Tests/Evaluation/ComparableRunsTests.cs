using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Evaluation;

/// <summary>What may stand beside each other, and what is refused.</summary>
public sealed class ComparableRunsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Runs_are_compared_on_the_users_that_all_have()
    {
        var one = Write("one", Report(), ("a", 1), ("b", 3), ("c", 20));
        var other = Write("other", Report(), ("c", 1), ("b", 3));

        var runs = ComparableRuns.Open([one, other]);

        Assert.Equal(["b", "c"], runs.Users);
        Assert.Equal(1, runs.LeftOut);
        Assert.Equal(0.5, runs.Metrics(0)["recall@10"], 1e-12);
        Assert.Equal(1.0, runs.Metrics(1)["recall@10"], 1e-12);
        Assert.Equal([1 / Math.Log2(4), 0], runs.Values(0, "ndcg@10"));
        Assert.Equal([1 / Math.Log2(4), 1], runs.Values(1, "ndcg@10"));
    }

    [Theory]
    [InlineData("split", "one is of the test split and the other of the validation split")]
    [InlineData("mask", "one leaves the users' own history out")]
    [InlineData("candidates", "they rank different items (50 and 60)")]
    [InlineData("before", "one is from before evaluations told which items they ranked")]
    [InlineData("targets", "they test different items (shop: i1 and shop: i2 for user 'a')")]
    [InlineData("users", "on no user in common")]
    public void What_can_not_be_compared_is_refused(string difference, string said)
    {
        var one = Write("one", Report(), ("a", 1));
        var report = difference switch
        {
            "split" => Report() with { Split = "validation" },
            "mask" => Report() with { MaskHistory = true },
            "candidates" => Report() with { Candidates = "others", Items = 60 },
            "before" => Report() with { Candidates = null },
            _ => Report(),
        };
        var other = Write("other", report, (difference == "users" ? "z" : "a", 2));
        if (difference == "targets") RankFile.Save(other.Ranks, [new TargetRank("a", "shop", "i2", new Rank(0))]);

        var error = Assert.Throws<UserErrorException>(() => ComparableRuns.Open([one, other]));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_way_of_evaluating_has_files_of_its_own_and_a_command_that_makes_them()
    {
        var run = new RunFolder(_folder["run"]);
        var ways = new[] { run.EvaluationOf("test", false), run.EvaluationOf("test", true), run.EvaluationOf("validation", false), run.EvaluationOf("validation", true) };

        Assert.Equal(8, ways.SelectMany(w => new[] { w.Evaluation, w.Ranks }).Distinct().Count());
        Assert.EndsWith("--split validation --mask-history", ways[3].Command, StringComparison.Ordinal);
        var error = Assert.Throws<UserErrorException>(() => ComparableRuns.Open(ways[..1]));
        Assert.Contains(ways[0].Command, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_verdict_names_the_winner_or_says_that_there_is_none()
    {
        (string, int)[] Users(int rank) => [.. Enumerable.Range(0, 40).Select(u => ($"u{u:00}", u % 4 == 0 ? 30 : rank))];
        var (good, bad) = (Write("good", Report(), Users(1)), Write("bad", Report(), Users(8)));
        var three = new Comparison(ComparableRuns.Open([bad, good, Write("same", Report(), Users(1))]), Variant.Apart(["bad", "good", "same"]));

        string won = new Comparison(ComparableRuns.Open([bad, good]), Variant.Apart(["bad", "good"])).Verdict("ndcg@10");

        Assert.StartsWith("good beats bad in ndcg@10 by 0.5134 (0.7500 against 0.2366, +217.0%; 95% interval +0.4", won, StringComparison.Ordinal);
        Assert.EndsWith("p < 0.001; 40 users).", won.Replace("p = 0.001", "p < 0.001", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal("No winner in ndcg@10: there is no difference between good and same (0.7500; 40 users).", three.Verdict("ndcg@10"));
        Assert.Equal(("no difference", "-0.0001 to 0.0000"), (new Interval(-0.00004, 0.00004).DescribeDifference(), new Interval(-0.00006, 0.00004).DescribeDifference()));
        Assert.Equal(3 * three.Metrics.Count, three.Pairs.Count);
    }

    private EvaluationFiles Write(string name, EvaluationReport report, params (string User, int Rank)[] ranks)
    {
        Directory.CreateDirectory(_folder[name]);
        var files = new RunFolder(_folder[name]).EvaluationOf("test", masked: false);
        report.Save(files.Evaluation);
        RankFile.Save(files.Ranks, ranks.Select(r => new TargetRank(r.User, "shop", "i1", new Rank(r.Rank - 1))));
        return files;
    }

    private static EvaluationReport Report() => new(
        "test", 3, 50, new Dictionary<string, double> { ["recall@10"] = 0.5, ["ndcg@10"] = 0.25 },
        new Dictionary<string, IReadOnlyDictionary<string, double>>(), new Dictionary<string, EvaluationSlice>(), MaskHistory: false, Candidates: "these");
}
