using System.CommandLine;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>recommend</c>: the best items of the target domain for each user, from everything the user did.</summary>
public static class RecommendCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder.", Required = true };
        var top = WholeNumber.WithDefault("--top", "Items a user.", 10, least: 1);
        var output = new Option<string>("--out") { Description = $"File to write; its extension says the form: {string.Join(", ", RecommendationForm.All.Select(f => f.Extension))} (docs/FORMAT.md).", Required = true };
        var users = ListOption.Create("--users", "Only these users, apart by commas.");
        var user = new Option<string[]>("--user") { Description = "Only this user, whose id may hold commas; may be given often.", AllowMultipleArgumentsPerToken = false };
        var usersFile = new Option<string?>("--users-file") { Description = "Only the users whose ids are in this text file, one a line; those without events are skipped.", HelpName = "file" };
        var history = new Option<string?>("--history") { Description = "Instead of the catalogue's users: a CSV of what some users did, who need not be in it: user_id,domain,item_id[,timestamp].", HelpName = "file" };
        var domain = ListOption.Create("--domain", "Domains whose items are recommended: any of the feature store's (default: the run's own targets).");
        domain.OfRunsDomains(parsed => parsed.GetValue(runOption));
        var category = new Option<string[]>("--category") { Description = "Only items of this category, whatever its case; may be given often.", AllowMultipleArgumentsPerToken = false };
        var exclude = new Option<string?>("--exclude") { Description = "A CSV of items that are not recommended: domain,item_id.", HelpName = "file" };
        var why = new Option<bool>("--why") { Description = "Say why each item is recommended: which part of the score, and which items of the history." };
        var asIs = new Option<bool>("--as-is") { Description = "Write ids and titles of a CSV as they are, even those that a spreadsheet would take for formulas." };
        var includeSeen = new Option<bool>("--include-seen") { Description = "Also recommend what the user already has." };
        var show = WholeNumber.WithDefault("--show", "Users whose history and recommendations are also printed.", 0);
        var device = DeviceOption.Create();
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file in --out even if it is no list of recommendations." };
        var command = new Verb("recommend",
            "Write the best items for each user.",
            "recommend --run runs/garden --top 10 --out recommendations.csv --show 3",
            "recommend --run runs/garden --users-file asked.txt --category Plants --why --out recommendations.jsonl",
            "recommend --run runs/garden --history visitors.csv --out recommendations.parquet",
            "recommend --run runs/pretrained --domain garden --out recommendations.csv")
        {
            runOption, top, output, users, user, usersFile, history, domain, category, exclude, why, asIs, includeSeen, show, device, overwrite,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(history) is not null && (result.GetResult(users) is not null || result.GetResult(user) is not null || result.GetResult(usersFile) is not null))
                result.AddError("--history brings users of its own; leave --users, --user and --users-file out, or --history");
        });
        return command.Does((parsed, context) =>
        {
            string file = parsed.GetRequiredValue(output);
            var form = RecommendationForm.Of(file);
            OutputTarget.RequireOwnKind(file, "a list of recommendations", form.IsOwn, parsed.GetValue(overwrite));
            var run = RunFolder.Open(parsed.GetRequiredValue(runOption));
            // What can be wrong with files is found out before the run is opened.
            string? onlyDomain = run.LoadConfig().Data.OnlyDomain;
            var told = parsed.GetValue(history) is { } path ? HistoryFile.Read(path, onlyDomain) : null;
            var listed = parsed.GetValue(usersFile) is { } ids ? UsersFile.Read(ids) : [];
            var excluded = parsed.GetValue(exclude) is { } items ? ItemsFile.Read(items, onlyDomain) : [];
            using var session = Session.Open(run, context.Work, config => RunOptions.OnDevice(config, parsed.GetValue(device)), parsed.GetValue(domain));
            var titles = new ItemTitles(session.Config.Data.Dataset, session.Data.Store);
            var known = Known(session, listed, context);
            string[] named = [.. parsed.GetValue(users) ?? [], .. parsed.GetValue(user) ?? [], .. known];
            var settings = new RecommendationSettings(parsed.GetValue(top), parsed.GetValue(includeSeen))
            {
                IsAllowed = Filter(session, titles, parsed.GetValue(category) ?? [], excluded, context),
                Why = parsed.GetValue(why),
            };
            var shown = new RecommendationPrinter(titles, parsed.GetValue(show));
            var rows = new RecommendationRows(titles, settings.Why, parsed.GetValue(asIs));
            int count = 0;
            AtomicFile.Write(file, stream =>
            {
                using var writer = form.Open(stream, rows);
                count = told is null ? session.Recommend(settings, named.Length > 0 ? named : null, Take) : session.Recommend(settings, told, Take);

                void Take(Recommendation recommendation)
                {
                    writer.Add(recommendation);
                    shown.Offer(recommendation.History, recommendation.Rows);
                }
            });
            shown.Print(ResultConsole.Create());
            if (rows.Escaped > 0) context.Log.Warning("{Count} ids and titles begin as formulas of a spreadsheet do and were given an apostrophe; --as-is writes them as they are", rows.Escaped);
            context.Log.Information("Recommendations for {Users} users are in {File}", count, file);
            VerbContext.Next("unim2rec-train", "export", "--run", parsed.GetRequiredValue(runOption), "--out", "recommender", "--histories");
            return known.Count < listed.Count ? ExitCodes.DoneWithSkippedItems : ExitCodes.Done;
        });
    }

    /// <summary>Those users of --users-file that something can be recommended to.</summary>
    private static List<string> Known(Session session, IReadOnlyList<string> listed, VerbContext context)
    {
        if (listed.Count == 0) return [];
        var users = session.Data.Log.UserIds.ToHashSet();
        var known = listed.Where(users.Contains).ToList();
        string example = Excerpt.Of(listed.FirstOrDefault(user => !users.Contains(user)) ?? "");
        if (known.Count == 0)
            throw new UserErrorException($"None of the {listed.Count:N0} users of --users-file has an interaction in {string.Join(", ", session.Data.Log.Domains)}, the first being '{example}'; name users of interactions.csv, one a line.");
        if (known.Count < listed.Count)
            context.Log.Warning("{Skipped:N0} of {All:N0} users of --users-file have no interaction and are skipped (such as '{Example:l}')", listed.Count - known.Count, listed.Count, example);
        return known;
    }

    /// <summary>Which candidates --category and --exclude leave; null for all.</summary>
    private static Func<int, bool>? Filter(Session session, ItemTitles titles, string[] categories, IReadOnlyList<(string Domain, string ItemId)> excluded, VerbContext context)
    {
        if (categories.Length == 0 && excluded.Count == 0) return null;
        var wanted = categories.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = session.Data.Candidates.Select(titles.CategoryOf).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (wanted.FirstOrDefault(category => !found.Contains(category)) is { } missing)
            throw new UserErrorException($"None of the {session.Data.Candidates.Length:N0} items to recommend has the category '{Excerpt.Of(missing)}' of --category; give one of items.csv, whole.");
        var rows = excluded.Select(item => session.Data.Store.FindRow(item.Domain, item.ItemId)).ToHashSet();
        if (rows.Contains(-1)) context.Log.Warning("Some items of --exclude are not in the catalogue, and so are not recommended anyway");
        return row => !rows.Contains(row) && (wanted.Count == 0 || wanted.Contains(titles.CategoryOf(row)));
    }
}
