namespace UniM2Rec.Diagnostics;

/// <summary>
/// An error that the user can mend. The message is one sentence: what was found, where, what was expected, what to do.
/// Programs print it without a stack trace and leave with exit code 1, or with 2 where <see cref="IsUsage"/>.
/// Whatever it quotes, it has 4,000 characters at most, and none that a terminal obeys.
/// </summary>
public sealed class UserErrorException(string message, Exception? inner = null) : Exception(Excerpt.OfMessage(message, LongestMessage), inner)
{
    private const int LongestMessage = 4000;

    /// <summary>Whether the command line or the configuration is wrong, so that nothing was begun.</summary>
    public bool IsUsage { get; init; }

    /// <summary>An error of the command line or the configuration.</summary>
    public static UserErrorException Usage(string message) => new(message) { IsUsage = true };
}

/// <summary>Spelling suggestions for names that are not known.</summary>
public static class NearestName
{
    private const int LongestName = 200;

    /// <summary>
    /// The known name with the smallest edit distance (insertion, deletion, substitution or exchange of neighbours, case ignored),
    /// or null when none is nearer than a third of the name's length (at least one edit).
    /// </summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        // What is longer is no misspelling, and the distance takes the product of both lengths.
        if (name.Length > LongestName)
            return null;
        string? nearest = null;
        int smallest = int.MaxValue;
        foreach (string candidate in known.Where(candidate => candidate.Length <= LongestName))
        {
            int distance = EditDistance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            int allowed = Math.Max(1, Math.Max(name.Length, candidate.Length) / 3);
            if (distance <= allowed && distance < smallest)
            {
                smallest = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    /// <summary>" (did you mean 'x'?)" when a near name exists, else nothing.</summary>
    public static string Suggestion(string name, IEnumerable<string> known) =>
        Find(name, known) is { } near ? $" (did you mean '{near}'?)" : "";

    // Optimal string alignment: three rows of the dynamic programme are enough.
    private static int EditDistance(string a, string b)
    {
        int[] before = new int[b.Length + 1], previous = new int[b.Length + 1], current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
            }
            (before, previous, current) = (previous, current, before);
        }
        return previous[b.Length];
    }
}
