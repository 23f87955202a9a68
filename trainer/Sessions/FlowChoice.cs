using System.Globalization;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// Whether other domains' events help a target: trains with the target domains' events alone and with those of all domains, and takes the run that ranks
/// the validation targets better. Both stay in <c>flows/</c>, so that whoever was stopped goes on with what was trained; the one that is taken is copied
/// to the run's own place, where it is a run like any other.
/// </summary>
/// <param name="run">Where the chosen run goes.</param>
/// <param name="resume">Whether trainings of the two that were begun go on.</param>
/// <param name="context">Log, progress and what stops it.</param>
public sealed class FlowChoice(RunFolder run, bool resume, WorkContext context)
{
    /// <summary>Folder of an MLflow file store that is told of both trainings; null for none.</summary>
    public string? Track { get; init; }

    /// <summary>What data.flow is set to where the flow is to be chosen.</summary>
    public const string Auto = "auto";

    /// <summary>Whether a configuration leaves the flow to be chosen; a catalogue may have a domain of that name.</summary>
    public static bool IsAskedBy(RunConfig config) => config.Data.Flow is [Auto] && !Dataset.Open(config.Data.Dataset).Domains.Contains(Auto);

    /// <summary>Trains what is not trained yet, and chooses.</summary>
    /// <param name="config">The configuration, whose flow is left open, and which names its targets where the catalogue has several domains.</param>
    /// <param name="pretrained">A run whose weights both start from, or null for none.</param>
    /// <param name="begun">Called once the first training is in its folder.</param>
    /// <returns>The flow that was chosen, and by which figures.</returns>
    /// <exception cref="OperationCanceledException">Stopped; what was trained is kept.</exception>
    /// <exception cref="UserErrorException">What is there is another's, or training can't go on.</exception>
    public ChosenFlow Train(RunConfig config, RunFolder? pretrained, Action? begun = null)
    {
        var all = Dataset.Open(config.Data.Dataset).Domains;
        var targets = config.Data.Targets.Count > 0 ? config.Data.Targets : all;
        var alone = Train("alone", config with { Data = config.Data with { Flow = targets } }, pretrained, begun);
        if (all.All(targets.Contains))
        {
            context.Log.Information("The catalogue has no domain beside {Targets:l}, so there is no flow to choose", string.Join(", ", targets));
            Take(alone);
            return new ChosenFlow(targets, null);
        }

        var mixed = Train("mixed", config with { Data = config.Data with { Flow = all } }, pretrained, begun: null);
        var difference = Compare(alone, mixed, config.Training.Watch);
        bool isMixed = difference.Mixed > difference.Alone;
        var flow = isMixed ? all : targets;
        context.Log.Information("Chosen: the flow {Flow:l}, as on validation {Why:l}", string.Join(", ", flow), difference.Describe(config.Training.Watch));
        Take(isMixed ? mixed : alone);
        return new ChosenFlow(flow, difference);
    }

    private RunFolder Train(string name, RunConfig config, RunFolder? pretrained, Action? begun)
    {
        var part = new RunFolder(run.FlowOf(name)) { Storage = run.Storage };
        RunBeginning.FinishIfDecided(part);
        bool resumes = resume && part.HasRun;
        var folder = RunFolder.Create(part.Path, resume, run.Overwrites).With(run.Storage);
        context.Log.Information("{What:l} {Flow:l}", resumes ? "Going on with the flow" : "Training with the flow", string.Join(", ", config.Data.Flow));
        using var session = resumes ? Session.Resume(ResumedConfig.Resolve(folder, config), folder, context) : Session.Create(config, folder, context, pretrained);
        session.Track = Track;
        session.Train(begun);
        return folder;
    }

    private FlowDifference Compare(RunFolder alone, RunFolder mixed, string watch)
    {
        var (first, second) = (Ranks(alone), Ranks(mixed));
        var shared = first.Keys.Where(second.ContainsKey).ToList();
        if (shared.Count == 0) throw new UserErrorException($"The runs {alone.Path} and {mixed.Path} have no validation target in common, so neither flow can be chosen; name the flow (--flow).");
        double[] a = [.. shared.Select(target => RankingMetrics.Single([first[target]], watch))], b = [.. shared.Select(target => RankingMetrics.Single([second[target]], watch))];
        var within = Resampling.Compare([[a]], [[b]])[0].Within;
        return new FlowDifference(a.Average(), b.Average(), within.Low, within.High, shared.Count);
    }

    /// <summary>By target: its rank among the validation targets. The last of targets that are one user's and one item's stands for all.</summary>
    private Dictionary<(string User, string Domain, string Item), Rank> Ranks(RunFolder part)
    {
        using var session = Session.Open(part, context);
        var ranks = new Dictionary<(string, string, string), Rank>();
        foreach (var rank in session.Evaluate("validation").Ranks) ranks[(rank.User, rank.Domain, rank.ItemId)] = rank.Rank;
        return ranks;
    }

    /// <summary>Copies a finished run to the run's own place, whole or not at all.</summary>
    private void Take(RunFolder part)
    {
        using var held = run.Hold();
        RunBeginning.Recover(run);
        var begun = RunBeginning.Open(run);
        foreach (string file in part.Files.Where(File.Exists))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            AtomicFile.Write(
                Path.Combine(begun.Path, Path.GetFileName(file)),
                stream =>
                {
                    using var source = RegularFile.Open(file, "a file of a run");
                    source.CopyTo(stream);
                },
                run.Storage);
        }

        RunBeginning.Decide(run);
    }
}

/// <summary>Which flow was chosen.</summary>
/// <param name="Flow">Its domains.</param>
/// <param name="Difference">By which figures; null where there was nothing to choose.</param>
public sealed record ChosenFlow(IReadOnlyList<string> Flow, FlowDifference? Difference);

/// <summary>Mean figures of two flows on the same validation targets.</summary>
/// <param name="Alone">Of the target domains' own events.</param>
/// <param name="Mixed">Of all domains'.</param>
/// <param name="Low">Lower end of the 95% interval of Mixed − Alone.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Targets">How many targets.</param>
public sealed record FlowDifference(double Alone, double Mixed, double Low, double High, int Targets)
{
    /// <summary>For people to read.</summary>
    /// <param name="metric">Name of the figure.</param>
    public string Describe(string metric) => string.Create(
        CultureInfo.InvariantCulture,
        $"{metric} is {Mixed:F4} with all domains and {Alone:F4} with the target's own events (difference {Mixed - Alone:+0.0000;-0.0000;0.0000}, 95% {new Interval(Low, High).DescribeDifference()}, {Targets:N0} targets{(Low <= 0 && High >= 0 ? "; it may be chance" : "")})");
}
