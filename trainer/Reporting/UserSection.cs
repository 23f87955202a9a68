using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>A few users: what they did last, and what a run recommends to them, with titles and pictures.</summary>
internal static class UserSection
{
    private const int Shown = 5, LeastEvents = 3, LongestPicture = 200 << 10, MostPictures = 6 << 20;

    /// <summary>The section; null where none is asked for, or the run can't be opened any more, which is warned of.</summary>
    public static ReportSection? Of(RunFolder run, int users, WorkContext context)
    {
        if (users == 0) return null;
        try
        {
            using var session = Session.Open(run, context with { Log = Serilog.Core.Logger.None });
            var log = session.Data.Log;
            int[] known = [.. Enumerable.Range(0, log.UserCount).Where(user => log.EndEvent(user) - log.FirstEvent(user) >= LeastEvents)];
            var chosen = Enumerable.Range(0, Math.Min(users, known.Length)).Select(i => log.UserIds[known[(int)((i + 0.5) * known.Length / Math.Min(users, known.Length))]]).ToList();
            if (chosen.Count == 0) return null;
            var made = new List<Recommendation>();
            session.Recommend(new RecommendationSettings(Shown), chosen, made.Add);
            int[][] histories = [.. made.Select(m => log.Items(Math.Max(m.History.First, m.History.End - Shown), m.History.End).ToArray())];
            var items = ShownItems.Read(session, histories.Concat(made.Select(m => m.Rows)).SelectMany(rows => rows).ToHashSet(), LongestPicture, MostPictures);
            return new("users", "Sample users")
            {
                Notes = [$"What {Path.GetFileName(run.Path)} recommends from everything that they did; the last event is on the right."],
                Users = [.. made.Select((m, i) => new SampleUser(Excerpt.Of(m.User), [.. histories[i].Select(row => items[row])], [.. m.Rows.Select(row => items[row])]))],
            };
        }
        catch (UserErrorException error)
        {
            context.Log.Warning("The report shows no users: {Reason:l}", error.Message);
            return null;
        }
    }
}

/// <summary>Items as a report shows them.</summary>
internal static class ShownItems
{
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
