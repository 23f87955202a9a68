using System.CommandLine;
using System.Globalization;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Session;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>recommend</c>: the best items of the target domain for each user, from everything the user did.</summary>
public static class RecommendCommand
{
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder.", Required = true };
        var top = WholeNumber.WithDefault("--top", "Items a user.", 10);
        var output = new Option<string>("--out") { Description = "CSV to write: user_id,rank,domain,item_id,title,score.", Required = true };
        var users = new Option<string?>("--users") { Description = "Only these users, separated by commas." };
        var includeSeen = new Option<bool>("--include-seen") { Description = "Also recommend what the user already has." };
        var show = WholeNumber.WithDefault("--show", "Users whose history and recommendations are also printed.", 0);
        var device = new Option<string?>("--device") { Description = "auto, cpu, cuda or cuda:n." };
        var command = new Command("recommend",
            "Write the best items for each user.\n\nExample:\n  unim2rec-train recommend --run runs/garden --top 10 --out recommendations.csv --show 3")
        {
            runOption, top, output, users, includeSeen, show, device,
        };
        return command.Runs(_ => null, (parsed, context) =>
        {
            int count = parsed.GetValue(top);
            if (count < 1) throw new UserErrorException($"--top is {count}; it must be at least 1.");
            var run = RunFolder.Open(parsed.GetRequiredValue(runOption));
            var config = FinishedRun.Config(run, parsed.GetValue(device));
            using var session = FinishedRun.Open(config, run, context);
            var log = session.Data.Log;
            var examples = Choose(new ExamplePlanner(log, session.Data.IsTarget, config.Data.MaxLength, ExampleForm.Prefix).Newest(), log, parsed.GetValue(users));
            using var catalogue = session.EncodeCatalogue();
            var ranking = new FullRanking(log, session.Model, catalogue, session.Collaborative(config), session.Device, config.Evaluation.BatchUsers, !parsed.GetValue(includeSeen));
            var titles = new ItemTitles(config.Data.Dataset, session.Data.Store);

            var shown = new RecommendationPrinter(titles, log, parsed.GetValue(show));
            string path = parsed.GetRequiredValue(output);
            using (var task = context.Progress.Start("Recommending", examples.Count, "users"))
            {
                AtomicFile.Write(path, stream => Write(stream, titles, sink => ranking.Top(examples, count, (example, slots, scores) =>
                {
                    var rows = slots.Select(s => session.Data.Candidates[s]).ToArray();
                    sink(log.UserIds[example.User], rows, scores);
                    shown.Offer(example, rows);
                    task.Advance();
                }, context.Cancellation)));
            }

            shown.Print(ResultConsole.Create());
            context.Log.Information("Recommendations for {Users} users are in {File}", examples.Count, path);
            return ExitCodes.Done;
        });
    }

    private static List<Example> Choose(List<Example> examples, InteractionLog log, string? users)
    {
        if (users is null) return examples;
        var wanted = users.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var chosen = examples.Where(w => wanted.Contains(log.UserIds[w.User])).ToList();
        var missing = wanted.Except(chosen.Select(w => log.UserIds[w.User])).ToList();
        if (missing.Count > 0) throw new UserErrorException($"The user '{missing[0]}' of --users has no interaction in {string.Join(", ", log.Domains)}; name users of interactions.csv.");
        return chosen;
    }

    private static void Write(Stream stream, ItemTitles titles, Action<Action<string, int[], float[]>> produce)
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        CsvText.WriteRow(writer, "user_id", "rank", "domain", "item_id", "title", "score");
        produce((user, rows, scores) =>
        {
            for (int i = 0; i < rows.Length; i++)
            {
                var (domain, id, title) = titles[rows[i]];
                CsvText.WriteRow(
                    writer, user, (i + 1).ToString(CultureInfo.InvariantCulture), domain, id, title, scores[i].ToString("G6", CultureInfo.InvariantCulture));
            }
        });
    }
}
