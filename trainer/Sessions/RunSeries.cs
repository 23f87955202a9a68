using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Runs on the same data in one folder, each of which is trained once: begun where it is missing, gone on with where it was stopped, refused where it was trained otherwise.</summary>
/// <param name="data">What they are trained on.</param>
/// <param name="folder">Where they are.</param>
/// <param name="context">Log, progress and what stops it.</param>
internal sealed class RunSeries(StudyData data, string folder, WorkContext context)
{
    /// <summary>A run of the series, which need not be there.</summary>
    public RunFolder FolderOf(string name)
    {
        var run = new RunFolder(Path.Combine(folder, name));
        RunBeginning.FinishIfDecided(run);
        return run;
    }

    /// <summary>The configuration of a run.</summary>
    /// <param name="preset">What it starts from.</param>
    /// <param name="settings">Its settings, as key=value; <c>{domain}</c> stands for the target domain.</param>
    /// <param name="defaults">What the preset is laid over.</param>
    /// <param name="pretrainOn">Domains that it is pre-trained on; null where it is trained on the target domain.</param>
    /// <exception cref="UserErrorException">A setting is wrong.</exception>
    public RunConfig Config(string preset, IEnumerable<string> settings, RunConfig defaults, IReadOnlyList<string>? pretrainOn = null)
    {
        string? domains = pretrainOn is null ? null : string.Join(',', pretrainOn);
        string[] own =
        [
            .. settings.Select(setting => setting.Replace("{domain}", data.Domain, StringComparison.Ordinal)),
            $"data.dataset={Path.GetFullPath(data.Dataset)}", $"data.features={Path.GetFullPath(data.Features)}",
            .. domains is not null ? [$"data.flow={domains}", $"data.targets={domains}"] : data.Domain.Length > 0 ? new[] { $"data.targets={data.Domain}" } : [],
        ];
        var config = JsonConfig.Load(Presets.PathOf(preset), own, defaults);
        ModelRegistry.Check(config.Model);
        return config;
    }

    /// <summary>Begins the run, or goes on with it; one that was trained to its end ends at once.</summary>
    /// <param name="run">The run.</param>
    /// <param name="config">What it is trained with.</param>
    /// <param name="source">The run that it starts from; null for none.</param>
    /// <returns>Where training ended.</returns>
    public RunPosition Train(RunFolder run, RunConfig config, RunFolder? source = null)
    {
        using var session = run.HasRun
            ? Session.Resume(run.LoadConfig() with { Training = config.Training }, run, context)
            : Session.Create(config, RunFolder.Create(run.Path, resume: false, overwrite: false), context, source);
        return session.Train();
    }

    /// <summary>Refuses a run that is there and was trained otherwise. What is left to the data is known to the run, and not to the configuration.</summary>
    /// <param name="run">The run.</param>
    /// <param name="config">What it is to be trained with.</param>
    /// <param name="what">What says so, in words.</param>
    /// <param name="free">Settings that may be others.</param>
    /// <exception cref="UserErrorException">It was trained with another setting.</exception>
    public static void RequireSame(RunFolder run, RunConfig config, string what, params IReadOnlyList<string> free)
    {
        if (run.HasRun && RunIdentity.Difference(RunIdentity.SettingsOf(run.LoadConfig()), config, isResolved: false, [.. free, "training.threads", "training.device", "data.dataset", "data.features"]) is var (key, has, says))
            throw new UserErrorException($"The run {run.Path} has {key}={has}, but the {what} says {key}={says}; give another --out, or delete the run's folder, so that it is trained again.");
    }
}
