using System.Text.Json.Nodes;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>Studies: each run once, whatever stops them.</summary>
public sealed class StudyTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Fact]
    public void A_study_trains_each_variant_once_a_seed_and_what_is_there_is_not_done_again()
    {
        string[] command = ["study", Write("""{ "seeds": [1, 2], "variants": { "two": { "set": ["model.experts=2"] }, "one": {} } }"""), "--dataset", _small.Shop.Dataset, "--features", _small.Shop.Features, "--out", _small["study"], "--json"];

        var first = TrainerRun.Of(command);
        Assert.True(first.Code == 0, first.Errors);
        var figures = JsonNode.Parse(first.Output)!;
        var written = Times();
        var again = TrainerRun.Of(command);

        Assert.Equal(["two", "one"], figures["variants"]!.AsArray().Select(v => v!["name"]!.GetValue<string>()));
        Assert.All(figures["variants"]!.AsArray(), v => Assert.Equal(2, v!["runs"]!.GetValue<int>()));
        Assert.Contains("in ndcg@10", figures["verdict"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["one-1", "one-2", "two-1", "two-2"], Directory.GetDirectories(_small["study"]).Select(Path.GetFileName).Order());
        Assert.Contains("two (2 seeds)", File.ReadAllText(Path.Combine(_small["study"], "report.html")), StringComparison.Ordinal);
        Assert.Equal((first.Code, first.Output), (again.Code, again.Output));
        Assert.Equal(written, Times());
    }

    [Fact]
    public void A_study_that_was_stopped_goes_on_where_it_was()
    {
        var study = new StudyConfig { Seeds = [1, 2], Set = [.. Settings], Variants = new() { ["a"] = new() } };
        using var stop = new CancellationTokenSource();
        var data = new StudyData { Dataset = _small.Shop.Dataset, Features = _small.Shop.Features };
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new StudyRuns(study, data, _small["study"], _small.Context(stop.Token)).Complete([], new RunConfig()));
        new StudyRuns(study with { Seeds = [1] }, data, _small["study"], _small.Context()).Complete([], new RunConfig());

        var (runs, variants) = new StudyRuns(study, data, _small["study"], _small.Context()).Complete([], new RunConfig());

        Assert.Equal(2, runs.Count);
        Assert.Equal([0, 1], Assert.Single(variants).Runs);
        Assert.Contains(_small.Said, line => line.Contains("is there already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_another_program_is_at_is_left_to_it_and_waited_for()
    {
        var study = new StudyConfig { Seeds = [1, 2], Set = [.. Settings], Variants = new() { ["a"] = new() } };
        var data = new StudyData { Dataset = _small.Shop.Dataset, Features = _small.Shop.Features };
        Directory.CreateDirectory(_small["study"]);
        Task<(IReadOnlyList<RunFolder> Runs, IReadOnlyList<Variant> Variants)> here;
        using (FolderLock.Take(Path.Combine(_small["study"], "a-1.lock"), holder => holder))
        {
            here = Task.Run(() => new StudyRuns(study, data, _small["study"], _small.Context()).Complete([], new RunConfig()));
            string second = new RunFolder(Path.Combine(_small["study"], "a-2")).EvaluationOf("test", masked: false).Ranks;
            while (!File.Exists(second) && !here.IsCompleted) await Task.Delay(20);
            Assert.False(here.IsCompleted);
            Assert.False(Directory.Exists(Path.Combine(_small["study"], "a-1")));
        }

        var (runs, variants) = await here;

        Assert.Equal(["a-1", "a-2"], runs.Select(run => Path.GetFileName(run.Path)));
        Assert.All(runs, run => Assert.True(run.HasRun));
        Assert.Equal([0, 1], Assert.Single(variants).Runs);
        Assert.Contains(_small.Said, line => line.StartsWith("Study: a with seed 1 is left to process", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFiles(_small["study"], "*.lock"));
    }

    [Fact]
    public void A_run_that_was_trained_otherwise_is_not_taken_for_the_studys()
    {
        var study = new StudyConfig { Seeds = [1], Set = [.. Settings], Variants = new() { ["a"] = new() } };
        var data = new StudyData { Dataset = _small.Shop.Dataset, Features = _small.Shop.Features };
        new StudyRuns(study, data, _small["study"], _small.Context()).Complete([], new RunConfig());

        var error = Assert.Throws<UserErrorException>(() => new StudyRuns(study with { Set = [.. Settings, "model.width=8"] }, data, _small["study"], _small.Context()).Complete([], new RunConfig()));

        Assert.Contains("model.width=4, but the study says model.width=8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variant_may_be_pretrained_before()
    {
        var study = new StudyConfig { Seeds = [1], Set = [.. Settings], Variants = new() { ["a"] = new() { PretrainOn = [Shop.Domain] } } };
        var pretraining = new RunConfig { Data = new() { HoldOut = HoldOut.LastEvent }, Objective = new() { Candidates = CandidateSet.InBatch } };

        new StudyRuns(study, new() { Dataset = _small.Shop.Dataset, Features = _small.Shop.Features, Domain = Shop.Domain }, _small["study"], _small.Context()).Complete([], pretraining);

        Assert.True(new RunFolder(Path.Combine(_small["study"], "a-pretrained-1")).HasRun);
        Assert.Contains(_small.Said, line => line.Contains("Starting from", StringComparison.Ordinal));
    }

    [Fact]
    public void A_study_degrades_features_and_has_a_curve_of_means_for_each_variant()
    {
        string[] command =
        [
            "study", Write("""{ "seeds": [1, 2], "variants": { "two": { "set": ["model.experts=2"] }, "one": {} }, "degrade": { "ways": ["removed", "histories-noised"], "shares": [1, 0.5] } }"""),
            "--dataset", _small.Shop.Dataset, "--features", _small.Shop.Features, "--out", _small["study"],
        ];

        var first = TrainerRun.Of(command);
        Assert.True(first.Code == 0, first.Errors);
        var written = Times();
        var again = TrainerRun.Of([.. command, "--json"]);

        Assert.Equal(written, Times());
        string modality = RobustnessReport.Load(Robustness("one", 1)).Degraded[0].Degradation is var d ? d.Removed.Concat(d.Noised).Single() : "";
        Assert.Contains($"ndcg@10: {modality} removed for a share of the items", first.Output, StringComparison.Ordinal);
        var curves = JsonNode.Parse(again.Output)!["degraded"]!["curves"]!.AsArray();
        foreach (var curve in curves)
        {
            // The plain mean of what evaluate --remove and --noise keep.
            string variant = curve!["variant"]!.GetValue<string>().Split(' ')[0];
            var runs = new[] { 1, 2 }.Select(seed => RobustnessReport.Load(Robustness(variant, seed))).ToList();
            Assert.Equal([0, 0.5, 1], curve["points"]!.AsArray().Select(p => p!["share"]!.GetValue<double>()));
            Assert.Equal(runs.Average(r => r.Metrics["ndcg@10"]), curve["points"]![0]!["mean"]!.GetValue<double>(), 1e-12);
            double[] halves = [.. runs.Select(r => r.Degraded.Single(d => d.Degradation.Kind() == curve["kind"]!.GetValue<string>() && d.Degradation.Histories == curve["histories"]!.GetValue<bool>() && d.Degradation.Share == 0.5).Metrics["ndcg@10"])];
            Assert.Equal(halves.Average(), curve["points"]![1]!["mean"]!.GetValue<double>(), 1e-12);
            Assert.Equal(Math.Abs(halves[0] - halves[1]) / Math.Sqrt(2), curve["points"]![1]!["sd"]!.GetValue<double>(), 1e-12);
        }

        Assert.Equal(2 * 2 * RobustnessReport.Load(Robustness("one", 1)).Degraded.SelectMany(f => f.Degradation.Removed).Distinct().Count(), curves.Count);
        string page = File.ReadAllText(Path.Combine(_small["study"], "report.html"));
        Assert.Contains("removed for a share of the items; below each mean its standard deviation over seeds", page, StringComparison.Ordinal);
        Assert.Contains("two (2 seeds)", page, StringComparison.Ordinal);

        // A share more is measured beside what is there, and nothing is trained again.
        var more = TrainerRun.Of([.. command[..1], Write("""{ "seeds": [1, 2], "variants": { "two": { "set": ["model.experts=2"] }, "one": {} }, "degrade": { "ways": ["removed"], "shares": [0.25] } }"""), .. command[2..]]);
        Assert.True(more.Code == 0, more.Errors);
        Assert.Contains(0.25, RobustnessReport.Load(Robustness("one", 1)).Degraded.Select(f => f.Degradation.Share));
        Assert.Equal(written.Where(f => f.Key.EndsWith("safetensors", StringComparison.Ordinal)), Times().Where(f => f.Key.EndsWith("safetensors", StringComparison.Ordinal)));

        string Robustness(string variant, int seed) => new RunFolder(Path.Combine(_small["study"], FormattableString.Invariant($"{variant}-{seed}"))).Robustness;
    }

    /// <summary>Those that come with the program can be read, and every setting of theirs is one.</summary>
    [Fact]
    public void The_studies_that_come_with_the_program_can_be_used()
    {
        Assert.NotEmpty(Studies.Names);
        foreach (string name in Studies.Names)
        {
            var study = Studies.Load(name);
            Assert.NotEmpty(study.About);
            foreach (var variant in study.Variants.Values) JsonConfig.Load(Presets.PathOf(variant.Preset), [.. study.Set, .. variant.Set], new RunConfig());
        }
    }

    [Theory]
    [InlineData("""{ "variants": {} }""", "variants names none")]
    [InlineData("""{ "seeds": [1, 1], "variants": { "a": {} } }""", "each once")]
    [InlineData("""{ "variants": { "../a": {} } }""", "'../a' can't be the name")]
    [InlineData("""{ "variants": { "a": {} }, "degrade": { "shares": [0] } }""", "shares must name at least one, each once, above 0 and at most 1")]
    [InlineData("""{ "variants": { "a": {} }, "degrade": { "ways": [] } }""", "ways must name at least one")]
    [InlineData("""{ "variant": { "a": {} } }""", "'variant'")]
    public void What_is_no_study_is_refused(string content, string said)
    {
        var result = TrainerRun.Of("study", Write(content), "--dataset", _small.Shop.Dataset, "--features", _small.Shop.Features, "--out", _small["study"]);

        Assert.Equal(2, result.Code);
        Assert.Contains(said, Assert.Single(result.Sentences), StringComparison.Ordinal);
    }

    private static string[] Settings => ["model.width=4", "model.layers=1", "model.heads=2", "model.feedForward=4", "model.experts=1", "training.epochs=1", "training.threads=1", "training.device=cpu"];

    private string Write(string content)
    {
        string path = _small["study.json"];
        var study = JsonNode.Parse(content)!;
        study["set"] = new JsonArray([.. Settings.Select(s => (JsonNode)JsonValue.Create(s))]);
        File.WriteAllText(path, study.ToJsonString());
        return path;
    }

    private Dictionary<string, DateTime> Times() => Directory.GetFiles(_small["study"], "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("report.html", StringComparison.Ordinal)).ToDictionary(f => f, File.GetLastWriteTimeUtc);
}
