namespace UniM2Rec.Trainer.Sequences;

/// <summary>Cuts windows into runs that are worked on one after the other, so that memory does not grow with their number.</summary>
public static class WindowRuns
{
    /// <summary>
    /// Events of a run: enough for efficient matrix products; more only make the intermediate values of a layer larger than the processor's
    /// caches.
    /// </summary>
    public const int MostEvents = 8192;

    /// <summary>Scores of a run: its targets times the candidates.</summary>
    public const long MostScores = 1 << 24;

    /// <param name="windows">At least one.</param>
    /// <param name="candidates">Number of candidates that each target is scored against.</param>
    /// <param name="mostEvents">Events of a run at most, unless a single window has more.</param>
    /// <param name="mostScores">Scores of a run at most, likewise.</param>
    /// <returns>The windows in their order.</returns>
    public static List<IReadOnlyList<Window>> Cut(
        IReadOnlyList<Window> windows, int candidates, int mostEvents = MostEvents, long mostScores = MostScores)
    {
        var runs = new List<IReadOnlyList<Window>>();
        var run = new List<Window>();
        long events = 0, scores = 0;
        foreach (var window in windows)
        {
            long more = (long)window.Targets.Count * candidates;
            if (run.Count > 0 && (events + window.Length > mostEvents || scores + more > mostScores))
            {
                runs.Add(run);
                (run, events, scores) = ([], 0, 0);
            }

            run.Add(window);
            (events, scores) = (events + window.Length, scores + more);
        }

        runs.Add(run);
        return runs;
    }
}
