using System.Globalization;
using System.Text.Json.Nodes;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>A search for settings: what it trains, what it does not train again, and what it never reads.</summary>
public sealed class TuneTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Theory]
    [InlineData(27, 3, 3, 27)]
    [InlineData(10, 3, 3, 10)]
    [InlineData(1, 4, 2, 7)]
    [InlineData(50, 1, 5, 30)]
    [InlineData(7, 4, 4, 2)]
    public void Of_each_round_the_best_part_goes_on_to_more_epochs(int trials, int rounds, int eta, int epochs)
    {
        var halving = new SuccessiveHalving(trials, rounds, eta, epochs);
        for (int round = 0; round < rounds; round++)
        {
            // The least whole number that η^n times is not less.
            long fewer = Enumerable.Range(0, round).Aggregate(1L, (product, _) => product * eta), shorter = Enumerable.Range(round + 1, rounds - 1 - round).Aggregate(1L, (product, _) => product * eta);
            Assert.Equal(Enumerable.Range(1, trials).First(n => n * fewer >= trials), halving.Kept(round));
            Assert.Equal(Enumerable.Range(1, epochs).First(n => n * shorter >= epochs), halving.Epochs(round));
        }

        Assert.Equal((trials, epochs), (halving.Kept(0), halving.Epochs(rounds - 1)));
    }

    [Fact]
    public void Values_are_drawn_evenly_from_the_whole_range_and_are_easily_typed()
    {
        double[] places = [.. Enumerable.Range(0, 1000).Select(i => i / 1000.0)];
        List<double> Of(SearchRange range) => [.. places.Select(range.At).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

        Assert.Equal(0.35, Of(new() { Uniform = [0.1, 0.6] }).Average(), 1e-3);
        Assert.Equal(-3, Of(new() { LogUniform = [1e-4, 1e-2] }).Average(Math.Log10), 1e-2);
        Assert.All(Of(new() { Integers = [-1, 3] }).GroupBy(n => n), values => Assert.Equal(200, values.Count()));
        Assert.Equal([-1, 0, 1, 2, 3], Of(new() { Integers = [-1, 3] }).Distinct());
        Assert.Equal(["a", "b", "c"], places.Select(new SearchRange { Choices = ["a", "b", "c"] }.At).Distinct());
        Assert.All(places, place => Assert.True(new SearchRange { LogUniform = [1e-4, 1e-2] }.At(place).Length <= 10));
    }

    /// <summary>Every trial trained on its own from scratch says what must come out; a stopped, repeated or widened search says the same.</summary>
    [Fact]
    public void The_outcome_is_that_of_trials_that_were_trained_apart_whatever_stopped_the_search()
    {
        var tune = Tune() with { Trials = 5 };

        var first = Complete(tune with { Trials = 4 }, "tuned");
        var written = Times();
        Assert.Equal(Said(first), Said(Complete(tune with { Trials = 4 }, "tuned")));
        Assert.Equal(written, Times());

        var wider = Complete(tune, "tuned");
        Assert.Equal(first.OrderBy(t => t.Number).Select(t => string.Join(' ', t.Settings)), wider.OrderBy(t => t.Number).Take(4).Select(t => string.Join(' ', t.Settings)));
        Assert.Equal(Apart(wider), wider.Select(t => (t.Number, t.Epochs, t.Figure)));

        foreach (int at in new[] { 5, 12, 19 })
        {
            var stop = new StopAfter(at);
            string name = $"stopped-{at}";
            Assert.ThrowsAny<OperationCanceledException>(() => new TuneRuns(tune, Data, _small[name], stop.Context).Complete([]));
            Assert.Equal(Said(wider), Said(Complete(tune, name)));
        }

        Assert.Empty(Directory.GetFiles(_small["tuned"], "evaluation-*", SearchOption.AllDirectories));
    }

    [Fact]
    public void What_is_tested_has_no_part_in_it()
    {
        var events = Shop.Events(12);
        _small.Shop.Write(Shop.Items(12), events);
        var before = Said(Complete(Tune(), "one"));
        // Each user's last event is the test.
        _small.Shop.Write(Shop.Items(12), [.. events.Select((e, i) => i % 6 == 5 ? (e.User, "t0", e.Time) : e)]);

        Assert.Equal(before, Said(Complete(Tune(), "other")));
    }

    [Fact]
    public void The_command_ends_with_the_best_trials_and_how_to_train_the_best_again()
    {
        string file = Write("""{ "search": { "training.learningRate": { "logUniform": [0.001, 0.1] } }, "trials": 3, "rounds": 2, "eta": 2, "epochs": 2 }""");
        string[] command = ["tune", file, "--dataset", _small.Shop.Dataset, "--features", _small.Shop.Features, "--out", _small["tuned"]];

        var shown = TrainerRun.Of(command);
        var figures = JsonNode.Parse(TrainerRun.Of([.. command, "--json"]).Output)!;

        Assert.True(shown.Code == 0, shown.Errors);
        var best = figures["trials"]!.AsArray()[0]!;
        Assert.Contains($"trial-{best["trial"]!.GetValue<int>():000}", shown.Output, StringComparison.Ordinal);
        Assert.Contains("next: unim2rec-train evaluate --run ", shown.Errors, StringComparison.Ordinal);
        string[] again = figures["command"]!.GetValue<string>().Split(' ')[1..];
        Assert.Equal(_small["tuned-best"], again[^1]);
        var trained = TrainerRun.Of([.. again, "--json"]);
        Assert.True(trained.Code == 0, trained.Errors);
        Assert.Equal(best["figure"]!.GetValue<double>(), JsonNode.Parse(trained.Output)!["validation"]!.GetValue<double>());
    }

    [Fact]
    public void A_trial_that_diverges_goes_no_further_and_costs_the_others_nothing()
    {
        var tune = Tune() with { Search = new() { ["training.learningRate"] = new() { Choices = ["0.005", "999"] }, ["training.weightDecay"] = new() { Choices = ["0", "1000"] } }, Rounds = 1, Epochs = 2 };

        var done = Complete(tune, "tuned");
        int said = _small.Said.Count;
        Assert.Equal(Said(done), Said(Complete(tune, "tuned")));

        var diverged = done.Where(t => File.Exists(Path.Combine(t.Run.Path, "diverged.txt"))).ToList();
        Assert.NotEmpty(diverged);
        Assert.All(diverged, t => Assert.Contains("training.learningRate=999", t.Settings));
        Assert.All(done.Except(diverged), t => Assert.Equal(2, t.Epochs));
        Assert.Contains("training.learningRate=0.005", done[0].Settings);
        Assert.Equal(4, _small.Said.Skip(said).Count(line => line.Contains("is there already", StringComparison.Ordinal) || line.Contains("no numbers any more", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_example_of_the_document_works()
    {
        string document = File.ReadAllText(Path.Combine(DocumentedCode.Root, "docs", "STUDIES.md"));
        int named = document.IndexOf("`search.json`\n```json\n", StringComparison.Ordinal) + "`search.json`\n```json\n".Length;
        File.WriteAllText(_small["search.json"], document[named..document.IndexOf("```", named, StringComparison.Ordinal)]);

        var result = TrainerRun.Of("tune", _small["search.json"], "--dataset", _small.Shop.Dataset, "--features", _small.Shop.Features, "--domain", Shop.Domain, "--out", _small["tuned"], "--set", "training.threads=1");

        Assert.True(result.Code == 0, result.Errors);
        Assert.Contains("4 trials, validation ndcg@10", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{}""", "search names no setting")]
    [InlineData("""{ "search": { "model.widht": { "integers": [4, 8] } } }""", "did you mean 'width'")]
    [InlineData("""{ "search": { "model.dropout": { "uniform": [1.5, 2] } } }""", "dropout is")]
    [InlineData("""{ "search": { "model.dropout": { "uniform": [0.5, 0.1] } } }""", "uniform is [0.5, 0.1]; it must be a least and a greatest value")]
    [InlineData("""{ "search": { "training.learningRate": { "logUniform": [0, 0.1] } } }""", "both must be above 0")]
    [InlineData("""{ "search": { "model.dropout": { "uniform": [0, 1], "choices": ["0"] } } }""", "several of uniform, logUniform, integers and choices are given")]
    [InlineData("""{ "search": { "data.coldItems": { "uniform": [0, 0.5] } } }""", "must be the same in every trial")]
    [InlineData("""{ "search": { "evaluation.maskHistory": { "choices": ["true"] } } }""", "must be the same in every trial")]
    [InlineData("""{ "search": { "model.experts": { "choices": ["1", "2"] } }, "trials": 3 }""", "no more than about 2 different settings, but trials is 3")]
    [InlineData("""{ "search": { "collaborative.easeRidge": { "logUniform": [1, 100] } } }""", "search it with model.kind=collaborative")]
    [InlineData("""{ "search": { "model.dropout": { "uniform": [0, 0.5] } }, "eta": 1 }""", "eta is 1; it must be between 2 and 100")]
    public void What_can_not_be_searched_is_refused_before_anything_is_trained(string content, string said)
    {
        var result = TrainerRun.Of("tune", Write(content), "--dataset", _small.Shop.Dataset, "--features", _small.Shop.Features, "--out", _small["tuned"]);

        Assert.Equal(2, result.Code);
        Assert.Contains(said, Assert.Single(result.Sentences), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_small["tuned"]));
    }

    private static string[] Settings =>
        ["model.width=4", "model.layers=1", "model.heads=2", "model.feedForward=4", "training.batchTargets=40", "training.patience=1", "training.threads=1", "training.device=cpu"];

    private StudyData Data => new() { Dataset = _small.Shop.Dataset, Features = _small.Shop.Features };

    private static TuneConfig Tune() => new()
    {
        Set = Settings,
        Search = new() { ["training.learningRate"] = new() { LogUniform = [1e-3, 1] }, ["model.experts"] = new() { Integers = [1, 3] } },
        Trials = 4,
        Rounds = 3,
        Eta = 2,
        Epochs = 3,
    };

    private IReadOnlyList<Trial> Complete(TuneConfig tune, string name) => new TuneRuns(tune, Data, _small[name], _small.Context()).Complete([]);

    private static List<string> Said(IReadOnlyList<Trial> trials) => [.. trials.Select(t => $"{t.Number} {string.Join(' ', t.Settings)} {t.Epochs} {t.Figure:R}")];

    /// <summary>The order by full trainings of all trials, and by sorting.</summary>
    private List<(int Number, int Epochs, double Figure)> Apart(IReadOnlyList<Trial> trials)
    {
        var curves = trials.ToDictionary(t => t.Number, t =>
        {
            var run = _small.Train($"apart-{t.Number}", t.Config with { Training = t.Config.Training with { Epochs = 3 } });
            return MetricsFile.Of(run, Serilog.Core.Logger.None).Select(e => e.Validation["ndcg@10"]).ToList();
        });
        (int Number, int Epochs, double Figure) After(int number, int epochs)
        {
            var seen = curves[number].Take(epochs).ToList();
            return (number, seen.Count, seen.Max());
        }

        // 5 trials of 1 epoch, ⌈5/2⌉ of ⌈3/2⌉, ⌈3/2⌉ of 3.
        var one = curves.Keys.Select(n => After(n, 1)).OrderBy(t => -t.Figure).ThenBy(t => t.Number).ToList();
        var two = one.Take(3).Select(t => After(t.Number, 2)).OrderBy(t => -t.Figure).ThenBy(t => t.Number).ToList();
        var three = two.Take(2).Select(t => After(t.Number, 3)).OrderBy(t => -t.Figure).ThenBy(t => t.Number);
        return [.. three, .. two.Skip(2), .. one.Skip(3)];
    }

    private string Write(string content)
    {
        string path = _small["search.json"];
        var tune = JsonNode.Parse(content)!;
        tune["set"] = new JsonArray([.. Settings.Select(s => (JsonNode)JsonValue.Create(s))]);
        File.WriteAllText(path, tune.ToJsonString());
        return path;
    }

    private Dictionary<string, DateTime> Times() => Directory.GetFiles(_small["tuned"], "*", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
}
