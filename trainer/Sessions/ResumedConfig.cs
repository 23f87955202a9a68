using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The configuration of a run that goes on: its own, in which only what does not change the training may be changed.</summary>
public static class ResumedConfig
{
    /// <param name="run">The run.</param>
    /// <param name="file">A configuration file that was given again, or null.</param>
    /// <param name="overrides">Settings that were given again.</param>
    /// <exception cref="UserErrorException">One contradicts the run's.</exception>
    public static RunConfig Resolve(RunFolder run, string? file, IReadOnlyList<string> overrides)
    {
        var own = run.LoadConfig(asTyped: true);
        return Require(run, own, JsonConfig.Load(file, overrides, own));
    }

    /// <summary>The same from a whole configuration, which may leave to the data what the run's own says.</summary>
    /// <param name="run">The run.</param>
    /// <param name="asked">What it is to go on with.</param>
    /// <exception cref="UserErrorException">A setting contradicts the run's.</exception>
    public static RunConfig Resolve(RunFolder run, RunConfig asked)
    {
        var own = run.LoadConfig(asTyped: true);
        var data = asked.Data;
        return Require(run, own, asked with
        {
            Data = data with
            {
                Targets = data.Targets.Count > 0 ? data.Targets : own.Data.Targets,
                Modalities = data.Modalities.Count > 0 ? data.Modalities : own.Data.Modalities,
            },
        });
    }

    private static RunConfig Require(RunFolder run, RunConfig own, RunConfig asked)
    {
        if (RunIdentity.Difference(RunIdentity.SettingsOf(own), asked, isResolved: true, RunIdentity.Changeable) is not var (key, has, says)) return asked;
        throw new UserErrorException(
            $"The run in {run.Path} has {key}={has}, but it is to go on with {key}={says}; leave that out of the command with --resume, or give another --out (what may change is {string.Join(", ", RunIdentity.Changeable)}).");
    }
}
