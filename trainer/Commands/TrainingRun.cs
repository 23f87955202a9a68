using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Trainer.Commands;

/// <summary>What pretrain and finetune share: open, start from weights or from nothing, train.</summary>
public static class TrainingRun
{
    /// <param name="config">The resolved configuration; kept in the run folder.</param>
    /// <param name="run">Where everything goes.</param>
    /// <param name="pretrained">A run to start from, or null.</param>
    /// <param name="context">Log, progress and Ctrl-C.</param>
    /// <returns>An exit code.</returns>
    public static int Execute(RunConfig config, RunFolder run, RunFolder? pretrained, CommandContext context)
    {
        using var session = RunSession.Open(config, run, context);
        AtomicFile.WriteText(run.Config, JsonConfig.Serialize(config));
        if (pretrained is not null)
        {
            var fresh = Checkpoint.LoadPretrained(pretrained.Best, session.Model, session.Features);
            context.Log.Information("Starting from {Run}{Fresh}", pretrained.Path, fresh.Count > 0 ? $", with fresh {string.Join(", ", fresh)}" : "");
        }

        using (var loop = new TrainingLoop(config, session.Data, session.Features, session.Model, session.Device, run, context.Progress, context.Log))
            loop.Run(context.Cancellation);
        context.Log.Information("The run is in {Folder}", run.Path);
        return ExitCodes.Done;
    }
}
