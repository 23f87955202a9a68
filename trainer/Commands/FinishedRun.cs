using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Trainer.Commands;

/// <summary>Opens a run that was trained, with its best weights.</summary>
public static class FinishedRun
{
    /// <summary>The run's own configuration, on another device if one is named.</summary>
    public static RunConfig Config(RunFolder run, string? device)
    {
        var config = JsonConfig.Load<RunConfig>(run.Config, []);
        return device is null ? config : config with { Training = config.Training with { Device = device } };
    }

    /// <exception cref="UserErrorException">The run has no weights yet.</exception>
    public static RunSession Open(RunConfig config, RunFolder run, CommandContext context)
    {
        if (!File.Exists(run.Best))
            throw new UserErrorException($"The run {run.Path} has no weights yet (there is no {Path.GetFileName(run.Best)}); continue it with --resume until its first epoch is done.");
        var session = RunSession.Open(config, run, context);
        try
        {
            Checkpoint.LoadModel(run.Best, session.Model, session.Features);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
