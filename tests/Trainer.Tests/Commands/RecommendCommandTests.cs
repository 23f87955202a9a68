using System.Globalization;
using System.Text.Json;
using Parquet;
using UniM2Rec.Exported;
using UniM2Rec.Storage;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Commands;

/// <summary>Lists of recommendations: the same rows in every form, only what was asked for, with reasons that add up.</summary>
public sealed class RecommendCommandTests : IDisposable
{
    private readonly SmallRun _small = new();
    private readonly RunFolder _run;

    public RecommendCommandTests()
    {
        var config = _small.Config(epochs: 1);
        _run = _small.Train("run", config with { Collaborative = new() { ItemKnn = true, Ease = true, Transitions = true, SeenBias = true, Fit = false } });
    }

    public void Dispose() => _small.Dispose();

    [Fact]
    public async Task Csv_json_lines_and_parquet_hold_the_same_rows()
    {
        var csv = Rows("all.csv");
        Assert.Equal(30 * 4, csv.Count);

        Assert.Equal(0, Recommend("all.jsonl").Code);
        var json = new List<(string, string, float)>();
        foreach (string line in File.ReadLines(_small["all.jsonl"]))
        {
            using var user = JsonDocument.Parse(line);
            foreach (var item in user.RootElement.GetProperty("items").EnumerateArray())
            {
                Assert.Equal("tool " + item.GetProperty("item").GetString(), item.GetProperty("title").GetString());
                json.Add((user.RootElement.GetProperty("user").GetString()!, item.GetProperty("item").GetString()!, item.GetProperty("score").GetSingle()));
            }
        }

        RequireSame(csv, json);

        Assert.Equal(0, Recommend("all.parquet").Code);
        await using var parquet = await ParquetReader.CreateAsync(_small["all.parquet"]);
        Assert.Equal(["user_id", "rank", "domain", "item_id", "title", "score"], parquet.Schema.DataFields.Select(field => field.Name));
        using var group = parquet.OpenRowGroupReader(0);
        string[] users = new string[csv.Count], items = new string[csv.Count];
        float[] scores = new float[csv.Count];
        int[] ranks = new int[csv.Count];
        await group.ReadAsync(parquet.Schema.DataFields[0], users);
        await group.ReadAsync<int>(parquet.Schema.DataFields[1], ranks);
        await group.ReadAsync(parquet.Schema.DataFields[3], items);
        await group.ReadAsync<float>(parquet.Schema.DataFields[5], scores);
        RequireSame(csv, users.Zip(items, scores));
        Assert.Equal(Enumerable.Range(0, csv.Count).Select(i => (i % 4) + 1), ranks);
    }

    [Fact]
    public void A_form_that_is_not_known_is_refused_and_a_list_is_replaced_only_by_its_own_kind()
    {
        var refused = Recommend("all.xlsx");
        Assert.Equal(2, refused.Code);
        Assert.Contains("end it with .csv, .jsonl, .parquet", Assert.Single(refused.Sentences), StringComparison.Ordinal);
        foreach (string name in new[] { "kept.csv", "kept.jsonl", "kept.parquet" })
        {
            File.WriteAllText(_small[name], "mine");
            Assert.Contains("is not a list of recommendations", Assert.Single(Recommend(name).Sentences), StringComparison.Ordinal);
            Assert.Equal("mine", File.ReadAllText(_small[name]));
            Assert.Equal(0, Recommend(name, "--overwrite").Code);
            byte[] first = File.ReadAllBytes(_small[name]);
            Assert.Equal(0, Recommend(name).Code);
            Assert.Equal(first, File.ReadAllBytes(_small[name]));
        }
    }

    [Fact]
    public void Users_of_a_file_are_recommended_to_and_those_without_events_are_skipped()
    {
        File.WriteAllText(_small["users.txt"], "\uFEFFu3\r\n\r\nnobody\r\nu1\r\nu3\r\n");
        var result = Recommend("some.csv", "--users-file", _small["users.txt"]);
        Assert.Equal(3, result.Code);
        Assert.Equal(["u1", "u3"], Read("some.csv").Select(r => r.User).Distinct());

        File.WriteAllText(_small["users.txt"], "nobody\nno one\n");
        Assert.Contains("None of the 2 users of --users-file", Assert.Single(Recommend("some.csv", "--users-file", _small["users.txt"]).Sentences), StringComparison.Ordinal);
        File.WriteAllText(_small["users.txt"], "\n");
        Assert.Contains("names no user", Assert.Single(Recommend("some.csv", "--users-file", _small["users.txt"]).Sentences), StringComparison.Ordinal);
        File.WriteAllBytes(_small["users.txt"], [0xFF, 0xFE, 0x0A]);
        Assert.Contains("not UTF-8", Assert.Single(Recommend("some.csv", "--users-file", _small["users.txt"]).Sentences), StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_leave_the_others_with_their_scores()
    {
        File.WriteAllText(_small["out-of-stock.csv"], "item_id,domain\nt1,tools\nt4,tools\ngone,tools\n");
        var all = Rows("all.csv", "--top", "12", "--include-seen").Where(r => Shop.KindOf(r.Item) == "Kind 1" && r.Item is not "t1").ToList();
        var kept = Rows("kept.csv", "--top", "12", "--include-seen", "--category", "kind 1", "--exclude", _small["out-of-stock.csv"]);
        Assert.Equal(30 * 5, kept.Count);
        RequireSame(all, kept);

        Assert.Contains("has the category 'Kind 2'", Assert.Single(Recommend("kept.csv", "--category", "Kind 2").Sentences), StringComparison.Ordinal);
        File.WriteAllText(_small["out-of-stock.csv"], "item\nt1\n");
        Assert.Contains("item_id", Assert.Single(Recommend("kept.csv", "--exclude", _small["out-of-stock.csv"]).Sentences), StringComparison.Ordinal);
    }

    [Fact]
    public void Reasons_add_up_to_the_score_in_every_form()
    {
        Assert.Equal(0, Recommend("why.jsonl", "--why").Code);
        var whys = new List<string>();
        bool isTogether = false;
        foreach (string line in File.ReadLines(_small["why.jsonl"]))
        {
            using var user = JsonDocument.Parse(line);
            foreach (var item in user.RootElement.GetProperty("items").EnumerateArray())
            {
                var why = item.GetProperty("why");
                whys.Add(why.GetRawText());
                float sum = why.GetProperty("network").GetSingle() + why.GetProperty("collaborative").EnumerateObject().Sum(term => term.Value.GetSingle());
                Assert.Equal(item.GetProperty("score").GetSingle(), sum, 1e-4f);
                Assert.InRange(why.GetProperty("because").GetArrayLength(), 1, 3);
                isTogether |= why.GetProperty("because")[0].GetProperty("together").GetSingle() > 0;
            }
        }

        Assert.True(isTogether);
        Assert.Equal(0, Recommend("why.csv", "--why").Code);
        Assert.Equal(whys, KeptTable.Read(_small["why.csv"], "user_id", "rank", "domain", "item_id", "title", "score", "why").Select(row => row[6]));
    }

    private TrainerRun Recommend(string file, params string[] more) =>
        TrainerRun.Of(["recommend", "--run", _run.Path, "--out", _small[file], .. more.Contains("--top") ? Array.Empty<string>() : ["--top", "4"], .. more]);

    private List<(string User, string Item, float Score)> Rows(string file, params string[] more)
    {
        var result = Recommend(file, more);
        Assert.True(result.Code == 0, result.Errors);
        return Read(file);
    }

    private List<(string User, string Item, float Score)> Read(string file) =>
        [.. KeptTable.Read(_small[file], "user_id", "rank", "domain", "item_id", "title", "score").Select(row => (row[0], row[3], float.Parse(row[5], CultureInfo.InvariantCulture)))];

    private static void RequireSame(IReadOnlyList<(string User, string Item, float Score)> expected, IEnumerable<(string User, string Item, float Score)> found)
    {
        var all = found.ToList();
        Assert.Equal(expected.Select(r => (r.User, r.Item)), all.Select(r => (r.User, r.Item)));
        Assert.All(expected.Zip(all), pair => Assert.Equal(pair.First.Score, pair.Second.Score, 1e-4f * Math.Max(1, Math.Abs(pair.First.Score))));
    }
}
