using System.Text;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// How a run begins, and how it takes an older one's place: its first files are written into a folder of their own; then one file is put there that
/// decides it; then the older run's files go and the new ones are moved, which any later command finishes where a kill came in between. So at every
/// moment the older run is whole, or the new one is.
/// </summary>
internal static class RunBeginning
{
    private const string Decision = "decided";
    private const long MostDecisionBytes = 1 << 20;

    /// <summary>Whether a new run has been decided upon, and is not yet in its place.</summary>
    public static bool IsDecided(RunFolder run) => File.Exists(DecisionOf(run));

    /// <summary>Makes the folder that a run's first files are written to.</summary>
    /// <exception cref="UserErrorException">It can't be made.</exception>
    public static RunFolder Open(RunFolder run)
    {
        var begun = run.Beginning;
        try
        {
            Directory.CreateDirectory(begun.Path);
            return begun;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The folder {begun.Path}, in which the run is to begin, can't be made ({failure.Message.TrimEnd('.')}); mend that, or give another --out.", failure);
        }
    }

    /// <summary>Takes away what an undecided beginning left, and finishes a decided one; the run's lock must be held.</summary>
    public static void Recover(RunFolder run)
    {
        if (IsDecided(run)) Finish(run);
        else Discard(run);
        foreach (string file in Leftovers(run)) Delete(run, file);
    }

    /// <summary>Finishes a decided beginning for a command that only reads, unless the program that decided is still at work.</summary>
    public static void FinishIfDecided(RunFolder run)
    {
        if (!IsDecided(run)) return;
        try
        {
            using var held = run.Hold();
            if (IsDecided(run)) Finish(run);
        }
        catch (UserErrorException) when (!IsDecided(run))
        {
            // The program that decided has finished it meanwhile.
        }
    }

    /// <summary>Puts the files that were written to <see cref="RunFolder.Beginning"/> in the place of what is there.</summary>
    public static void Decide(RunFolder run)
    {
        var begun = run.Beginning;
        var names = begun.Files.Where(File.Exists).Select(file => Path.GetFileName(file)).ToList();
        AtomicFile.Write(DecisionOf(run), stream => stream.Write(Encoding.UTF8.GetBytes(string.Join('\n', names))), run.Storage);
        Finish(run);
    }

    /// <summary>Takes the files of a beginning away; those that are not a run's are left.</summary>
    public static void Discard(RunFolder run)
    {
        if (!Directory.Exists(run.Beginning.Path)) return;
        foreach (string file in run.Beginning.Files.Concat(Leftovers(run.Beginning)).Where(File.Exists)) Delete(run, file);
        RemoveFolder(run);
    }

    private static void Finish(RunFolder run)
    {
        var begun = run.Beginning;
        string decision = DecisionOf(run);
        try
        {
            // Names of a run alone are looked at: whatever else the file says leads nowhere.
            var names = Encoding.UTF8.GetString(RegularFile.ReadBytes(decision, "the names of a new run's files", MostDecisionBytes)).Split('\n').ToHashSet();
            foreach (string file in run.Files.Where(file => !names.Contains(Path.GetFileName(file)) && File.Exists(file))) run.Storage.Delete(file);
            // config.json, by which a run is known, comes last.
            foreach (string file in begun.Files.Reverse().Where(file => names.Contains(Path.GetFileName(file)) && File.Exists(file)))
                run.Storage.Replace(file, Path.Combine(run.Path, Path.GetFileName(file)));
            run.Storage.SyncFolder(run.Path);
            run.Storage.Delete(decision);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The new run could not be put in its place in {run.Path} ({failure.Message.TrimEnd('.')}); mend that, and any command on this folder will do it.", failure);
        }

        RemoveFolder(run);
    }

    private static string DecisionOf(RunFolder run) => Path.Combine(run.Beginning.Path, Decision);

    /// <summary>What writes that were killed left of the files that only the holder of the lock writes.</summary>
    private static IEnumerable<string> Leftovers(RunFolder run)
    {
        string[] written = [run.Config, run.Data, run.Items, run.Metrics, run.Best, .. run.Checkpoints, run.Ease];
        return AtomicFile.Leftovers(run.Path, [.. written.Select(file => Path.GetFileName(file)), Decision]);
    }

    private static void Delete(RunFolder run, string file)
    {
        try
        {
            run.Storage.Delete(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"'{file}', which a run that was stopped left, can't be deleted ({failure.Message.TrimEnd('.')}); mend that and run the same command again.", failure);
        }
    }

    private static void RemoveFolder(RunFolder run)
    {
        try
        {
            Directory.Delete(run.Beginning.Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It holds something of someone else's, or is gone; it does no harm.
        }
    }
}
