using Serilog;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// The weights that a run keeps: those of its best epoch, and two generations of all that it needs to go on, so that one that is damaged costs the
/// steps since the other, and not the run.
/// </summary>
/// <param name="run">Where they are.</param>
/// <param name="identity">What they belong to; it is kept with them.</param>
public sealed class RunCheckpoints(RunFolder run, RunIdentity identity)
{
    /// <summary>Keeps the weights of the best epoch.</summary>
    public void SaveBest(RunState state) => Checkpoint.SaveModel(run.Best, state.Model, state.Features, identity.NotesOfWeights(), run.Storage);

    /// <summary>Keeps the state before the first step, of a run that is about to begin.</summary>
    public void SaveFirst(RunState state, RunPosition position) => Checkpoint.SaveRun(run.Beginning.Last, run.Storage, state, position, identity.Notes());

    /// <summary>Keeps the state after a step; the one that was kept before becomes the one to fall back on.</summary>
    /// <exception cref="UserErrorException">It can't be written, or the weights are no finite numbers, from which no run could go on.</exception>
    public void SaveLast(RunState state, RunPosition position)
    {
        RequireFinite(state, position);
        Checkpoint.SaveRun(run.Newest, run.Storage, state, position, identity.Notes());
        PutNewestInPlace();
    }

    /// <summary>Makes the newest checkpoint the last one, which becomes the one before; a kill in between leaves it to be found as it is.</summary>
    public void PutNewestInPlace()
    {
        try
        {
            if (File.Exists(run.Last)) run.Storage.Replace(run.Last, run.Former);
            run.Storage.Replace(run.Newest, run.Last);
            run.Storage.SyncFolder(run.Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The checkpoint {run.Last} could not be put in its place ({failure.Message.TrimEnd('.')}); what was kept before is still there: mend that, and go on with --resume.", failure);
        }
    }

    /// <summary>Refuses weights that are no finite numbers.</summary>
    public static void RequireFinite(RunState state, RunPosition position)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var quiet = TorchSharp.torch.no_grad();
        if (state.Model.parameters().All(p => p.isfinite().all().item<bool>())) return;
        throw Diverged("weights became infinite or no numbers", position);
    }

    /// <summary>What is said of a training that computes no numbers any more.</summary>
    /// <param name="what">Came of it.</param>
    /// <param name="position">Where.</param>
    internal static UserErrorException Diverged(string what, RunPosition position) => new(
        $"The {what} in epoch {position.Epoch + 1}, step {position.Step + 1}; go on from the last checkpoint by --resume with a lower learning rate, as in --set training.learningRate=1e-4, " +
        "or with bounded gradients, as in --set training.clipNorm=1 (where that comes too late, with --overwrite in the place of --resume).", new NotFiniteNumberException());

    /// <summary>Opens the newest checkpoint that is whole, and says so where it is not the newest of all.</summary>
    /// <returns>Null where none was ever kept.</returns>
    /// <exception cref="UserErrorException">There are some, and all are damaged; or the run had begun, and there are none.</exception>
    public static CheckpointFile? OpenNewest(RunFolder run, ILogger log)
    {
        var problems = new List<string>();
        foreach (string path in run.Checkpoints)
        {
            if (FileKinds.Of(path) == FileKind.Missing)
            {
                if (path == run.Last) problems.Add($"'{path}' does not exist");
                continue;
            }

            if (TryOpen(path, problems) is not { } file) continue;
            if (problems.Count > 0 && path != run.Last && path != run.Newest)
            {
                var position = RunPosition.Read(file);
                log.Warning("{Problem:l}; the run goes on from the checkpoint before, of epoch {Epoch} after {Steps} steps", string.Join("; ", problems), position.Epoch + 1, position.TotalSteps);
            }

            if (file.IsOlder) log.Information("{File:l} is from before checkpoints had a checksum, so whether it is as it was written can't be told", path);
            return file;
        }

        if (HadBegun(run) || problems.Count > 1 || FileKinds.Of(run.Last) != FileKind.Missing)
            throw new UserErrorException($"The run {run.Path} can't go on, as {string.Join("; ", problems)}; bring one of its checkpoints back, or start anew with --overwrite instead of --resume.");
        return null;
    }

    /// <summary>Where a run stood when it was kept for the last time; null where it has no checkpoint that is whole.</summary>
    public static RunPosition? NewestPosition(RunFolder run)
    {
        foreach (string path in run.Checkpoints.Where(path => FileKinds.Of(path) != FileKind.Missing))
        {
            using var file = TryOpen(path, []);
            if (file is not null) return RunPosition.Read(file);
        }

        return null;
    }

    /// <summary>Opens the best weights for use.</summary>
    /// <exception cref="UserErrorException">They are missing or damaged.</exception>
    public static CheckpointFile OpenBest(RunFolder run)
    {
        string again = $"let finetune or pretrain, whichever began it, go on with --out {run.Path} --resume, which keeps those of its next epoch, or of its last one where training had ended";
        if (FileKinds.Of(run.Best) == FileKind.Missing)
            throw new UserErrorException($"The run {run.Path} has no weights to use yet (there is no {Path.GetFileName(run.Best)}); {again}.");
        var problems = new List<string>();
        return TryOpen(run.Best, problems, CheckpointFile.Weights) ?? throw new UserErrorException($"The best weights of the run {run.Path} can't be used, as {problems[0]}; {again}.");
    }

    private static CheckpointFile? TryOpen(string path, List<string> problems, string format = CheckpointFile.Run)
    {
        CheckpointFile? file = null;
        try
        {
            file = CheckpointFile.Open(path, format);
            if (format == CheckpointFile.Run) RunPosition.Read(file);
            return file;
        }
        catch (UserErrorException error)
        {
            file?.Dispose();
            string sentence = error.Message.TrimEnd('.');
            problems.Add(sentence.Split("; the file is damaged")[0].Split(": make or fetch")[0]);
            return null;
        }
    }

    /// <summary>
    /// Whether a run must have a checkpoint: since data.json says so, each has one from its beginning on, and earlier ones had one from their first
    /// epoch's end.
    /// </summary>
    private static bool HadBegun(RunFolder run) =>
        new[] { run.Best, run.Metrics }.Any(file => FileKinds.Of(file) != FileKind.Missing) || RunData.Load(run.Data) is { KeptFromStart: true };
}
