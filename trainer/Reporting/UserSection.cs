using System.Globalization;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>A few users: what they did last, and what a run recommends to them, with titles and pictures.</summary>
internal static class UserSection
{
    private const int Shown = 5, Reasons = 2, LongestPicture = 200 << 10, MostPictures = 6 << 20, LongestReason = 36;
    private const float Nothing = 0.005f;

    private const string Words = "Below an item: the events that have the most to do with it. Alike is the cosine of the two items' vectors; together is its part in what the collaborative scores add.";

    /// <summary>The section; null where none is asked for, or the run can't be opened any more, which is warned of.</summary>
    public static ReportSection? Of(RunFolder run, int users, WorkContext context)
    {
        if (users == 0) return null;
        try
        {
            using var session = Session.Open(run, context with { Log = Serilog.Core.Logger.None });
            var log = session.Data.Log;
            var chosen = SampleUsers.Choose(log, users);
            if (chosen.Count == 0) return null;
            var made = new List<Recommendation>();
            session.Recommend(new RecommendationSettings(Shown) { Why = true }, chosen, made.Add);
            int[][] histories = [.. made.Select(m => log.Items(Math.Max(m.History.First, m.History.End - Shown), m.History.End).ToArray())];
            var items = ShownItems.Read(session, histories.Concat(made.Select(m => m.Rows)).Concat(made.SelectMany(m => m.Why!).Select(w => w.Because.Take(Reasons).Select(b => b.Row).ToArray())).SelectMany(rows => rows).ToHashSet(), LongestPicture, MostPictures);
            return new("users", "Sample users")
            {
                Notes = [$"What {Path.GetFileName(run.Path)} recommends from everything that they did; the last event is on the right.", .. made.SelectMany(m => m.Why!).Any(w => w.Because.Any()) ? [Words] : Array.Empty<string>()],
                Users = [.. made.Select((m, i) => new SampleUser(Excerpt.Of(m.User), [.. histories[i].Select(row => items[row])], [.. m.Rows.Select((row, r) => items[row] with { Why = WhyOf(m.Why![r], items) })]))],
            };
        }
        catch (UserErrorException error)
        {
            context.Log.Warning("The report shows no users: {Reason:l}", error.Message);
            return null;
        }
    }

    /// <summary>The events that have the most to do with a recommendation.</summary>
    private static IReadOnlyList<string> WhyOf(Explanation why, IReadOnlyDictionary<int, ShownItem> items) =>
    [
        .. why.Because.Take(Reasons).Where(b => b.Together > Nothing || b.Similarity > 0).Select(b => string.Join(", ", new[]
        {
            ShownItems.Short(items[b.Row].Title, LongestReason),
            b.Similarity is { } alike ? string.Create(CultureInfo.InvariantCulture, $"alike {alike:F2}") : "",
            b.Together > Nothing ? string.Create(CultureInfo.InvariantCulture, $"together {b.Together:F2}") : "",
        }.Where(part => part.Length > 0))),
    ];
}

/// <summary>The users whom a report shows.</summary>
internal static class SampleUsers
{
    private const int LeastEvents = 3;

    /// <summary>Ids of users with some events each, evenly over the log.</summary>
    public static IReadOnlyList<string> Choose(InteractionLog log, int users)
    {
        int[] known = [.. Enumerable.Range(0, log.UserCount).Where(user => log.EndEvent(user) - log.FirstEvent(user) >= LeastEvents)];
        int count = Math.Min(users, known.Length);
        return [.. Enumerable.Range(0, count).Select(i => log.UserIds[known[(int)((i + 0.5) * known.Length / count)]])];
    }
}

/// <summary>Items as a report shows them.</summary>
internal static class ShownItems
{
    /// <summary>A title that is cut where it is long.</summary>
    public static string Short(string title, int most) => Excerpt.Of(title) is var text && text.Length > most ? text[..(most - 1)].TrimEnd() + "…" : text;

    /// <summary>Reads titles and pictures of some items.</summary>
    /// <param name="session">The run whose catalogue they are in.</param>
    /// <param name="rows">Their rows in the store.</param>
    /// <param name="longest">Bytes of a picture that is shown, at most.</param>
    /// <param name="most">Bytes of all pictures, at most.</param>
    public static IReadOnlyDictionary<int, ShownItem> Read(Session session, IReadOnlySet<int> rows, int longest, int most)
    {
        var dataset = Dataset.Open(session.Config.Data.Dataset);
        var shown = new Dictionary<int, ShownItem>();
        // Rejects were reported when the features were extracted.
        using var rejects = new RejectLog(null, maxRate: 1);
        foreach (var domain in session.Data.Store.Domains.Where(d => rows.Any(row => row >= d.FirstRow && row < d.FirstRow + d.Count)))
        {
            foreach (var item in dataset.ReadItems(domain.Name, rejects))
            {
                int row = session.Data.Store.FindRow(item.Domain, item.ItemId);
                if (!rows.Contains(row)) continue;
                string? picture = PictureOf(dataset, item, Math.Min(longest, most));
                most -= picture?.Length ?? 0;
                shown[row] = new(Excerpt.Of(item.Title.Length > 0 ? item.Title : item.ItemId), item.Category.Length > 0 ? $"{item.Domain}, {Excerpt.Of(item.Category, 40)}" : item.Domain, picture);
            }
        }

        return shown;
    }

    /// <summary>The picture as a data address, where it is of a kind that every browser shows.</summary>
    private static string? PictureOf(Dataset dataset, Item item, int most)
    {
        try
        {
            if (dataset.ImagesFolder is null || dataset.ResolveImage(item) is not { } path || FileKinds.Of(path) != FileKind.Regular || new FileInfo(path).Length > most) return null;
            byte[] content = RegularFile.ReadBytes(path, "a picture", most);
            return KindOf(content) is { } kind ? $"data:image/{kind};base64,{Convert.ToBase64String(content)}" : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    private static string? KindOf(ReadOnlySpan<byte> content) => content switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "png",
        [0xFF, 0xD8, 0xFF, ..] => "jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "webp",
        _ => null,
    };
}
