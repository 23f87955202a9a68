using System.CommandLine;
using System.Globalization;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>recommend</c>: the best items of the target domain for each user, from everything the user did.</summary>
public static class RecommendCommand
{
    private static readonly string[] Columns = ["user_id", "rank", "domain", "item_id", "title", "score"];

    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runOption = new Option<string>("--run") { Description = "Run folder.", Required = true };
        var top = WholeNumber.WithDefault("--top", "Items a user.", 10, least: 1);
        var output = new Option<string>("--out") { Description = "CSV to write: user_id,rank,domain,item_id,title,score.", Required = true };
        var users = ListOption.Create("--users", "Only these users, apart by commas.");
        var user = new Option<string[]>("--user") { Description = "Only this user, whose id may hold commas; may be given often.", AllowMultipleArgumentsPerToken = false };
        var history = new Option<string?>("--history") { Description = "Instead of the catalogue's users: a CSV of what some users did, who need not be in it: user_id,domain,item_id[,timestamp].", HelpName = "file" };
        var domain = ListOption.Create("--domain", "Domains whose items are recommended: any of the feature store's; the run's own targets if not given.");
        var asIs = new Option<bool>("--as-is") { Description = "Write ids and titles as they are, even those that a spreadsheet would take for formulas." };
        var includeSeen = new Option<bool>("--include-seen") { Description = "Also recommend what the user already has." };
        var show = WholeNumber.WithDefault("--show", "Users whose history and recommendations are also printed.", 0);
        var device = new Option<string?>("--device") { Description = "auto, cpu, cuda or cuda:n." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file in --out even if it is no list of recommendations." };
        var command = new Verb("recommend",
            "Write the best items for each user.",
            "recommend --run runs/garden --top 10 --out recommendations.csv --show 3",
            "recommend --run runs/garden --history visitors.csv --out recommendations.csv",
            "recommend --run runs/pretrained --domain garden --out recommendations.csv")
        {
            runOption, top, output, users, user, history, domain, asIs, includeSeen, show, device, overwrite,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(history) is not null && (result.GetResult(users) is not null || result.GetResult(user) is not null)) result.AddError("--history brings users of its own; leave --users and --user out, or --history");
        });
        return command.Does((parsed, context) =>
        {
            OutputTarget.RequireOwnKind(
                parsed.GetRequiredValue(output), "a list of recommendations", file => OutputTarget.BeginsWith(file, string.Join(',', Columns)), parsed.GetValue(overwrite));
            var run = RunFolder.Open(parsed.GetRequiredValue(runOption));
            // What can be wrong with it is found out before the run is opened.
            var told = parsed.GetValue(history) is { } path ? HistoryFile.Read(path, run.LoadConfig().Data.OnlyDomain) : null;
            using var session = Session.Open(run, context.Work, config => RunOptions.OnDevice(config, parsed.GetValue(device)), parsed.GetValue(domain));
            var titles = new ItemTitles(session.Config.Data.Dataset, session.Data.Store);
            var shown = new RecommendationPrinter(titles, parsed.GetValue(show));
            string file = parsed.GetRequiredValue(output);
            string[] named = [.. parsed.GetValue(users) ?? [], .. parsed.GetValue(user) ?? []];
            var rows = new RowWriter(titles, parsed.GetValue(asIs));
            int count = 0;
            AtomicFile.Write(file, stream => rows.Write(stream, take =>
            {
                count = told is null
                    ? session.Recommend(parsed.GetValue(top), named.Length > 0 ? named : null, parsed.GetValue(includeSeen), Take)
                    : session.Recommend(parsed.GetValue(top), told, parsed.GetValue(includeSeen), Take);

                void Take(Recommendation recommendation)
                {
                    take(recommendation);
                    shown.Offer(recommendation.History, recommendation.Rows);
                }
            }));
            shown.Print(ResultConsole.Create());
            if (rows.Escaped > 0) context.Log.Warning("{Count} ids and titles begin as formulas of a spreadsheet do and were given an apostrophe; --as-is writes them as they are", rows.Escaped);
            context.Log.Information("Recommendations for {Users} users are in {File}", count, file);
            return ExitCodes.Done;
        });
    }

    /// <summary>Writes recommendations for people and spreadsheets.</summary>
    private sealed class RowWriter(ItemTitles titles, bool asIs)
    {
        /// <summary>Ids and titles that were changed, so that no spreadsheet computes them.</summary>
        public int Escaped { get; private set; }

        public void Write(Stream stream, Action<Action<Recommendation>> produce)
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            CsvText.WriteRow(writer, Columns);
            produce(recommendation =>
            {
                for (int i = 0; i < recommendation.Rows.Length; i++)
                {
                    var (domain, id, title) = titles[recommendation.Rows[i]];
                    CsvText.WriteRow(
                        writer, Safe(recommendation.User), (i + 1).ToString(CultureInfo.InvariantCulture), Safe(domain), Safe(id), Safe(title),
                        recommendation.Scores[i].ToString("G6", CultureInfo.InvariantCulture));
                }
            });
        }

        private string Safe(string text)
        {
            string safe = asIs ? text : CsvText.WithoutFormula(text);
            if (safe.Length != text.Length) Escaped++;
            return safe;
        }
    }
}
