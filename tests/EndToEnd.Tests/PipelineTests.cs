using System.Globalization;
using System.Text.Json;
using UniM2Rec.Catalogue;
using UniM2Rec.Features;
using UniM2Rec.SafeTensors;

namespace UniM2Rec.Tests;

[Collection(MarketCollection.Name)]
public class PipelineTests(Market market)
{
    [Fact]
    public void Every_item_has_a_row_and_what_it_lacks_is_flagged()
    {
        using var store = FeatureStore.Open(market.Features);
        var items = Items().ToList();

        Assert.Equal(items.Count, store.ItemCount);
        Assert.Equal(["cross", "image", "text"], store.ModalityNames.Order());
        Assert.Equal(items.Count(i => i.Image.Length > 0), store.Modality("image").PresentCount);
        Assert.Equal(items.Count(i => i.Text.Length > 0 || i.Description.Length > 0), store.Modality("text").PresentCount);
        Assert.All(items, i => Assert.Equal(i.Image.Length > 0, store.Modality("image").IsPresent(store.FindRow(i.Domain, i.ItemId))));
    }

    [Fact]
    public void Evaluation_writes_the_figures_of_the_model_and_of_popularity()
    {
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(market.FineTuned, "evaluation-test.json")));
        var root = report.RootElement;

        Assert.Equal("test", root.GetProperty("split").GetString());
        Assert.Equal(Items().Count(i => i.Domain == Market.Target), root.GetProperty("items").GetInt32());
        Assert.Equal(Histories().Count(h => h.Value.Count >= 3), root.GetProperty("users").GetInt32());
        foreach (var metrics in new[] { root.GetProperty("metrics"), root.GetProperty("baselines").GetProperty("popularity") })
        {
            double recall = metrics.GetProperty("recall@10").GetDouble();
            Assert.InRange(recall, 0.1, 1);
            Assert.InRange(metrics.GetProperty("ndcg@10").GetDouble(), recall / Math.Log2(11), recall);
        }
    }

    [Fact]
    public void Degraded_features_are_ranked_beside_the_whole_ones_in_a_file_of_their_own()
    {
        string evaluation = Path.Combine(market.FineTuned, "evaluation-test.json");
        byte[] before = File.ReadAllBytes(evaluation);
        string table = ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--remove", "text", "--share", "1", "0.5").Expect(0).Output;
        ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--noise", "image,cross", "--noise-scale", "2").Expect(0);
        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(market.FineTuned, "robustness.json")));
        using var whole = JsonDocument.Parse(before);
        var degraded = report.RootElement.GetProperty("degraded").EnumerateArray().ToList();

        Assert.Equal(before, File.ReadAllBytes(evaluation));
        Assert.Contains("text removed for 50% of the items", table, StringComparison.Ordinal);
        // Ties count half here, and not at all there.
        double figure = whole.RootElement.GetProperty("metrics").GetProperty("recall@10").GetDouble();
        Assert.InRange(report.RootElement.GetProperty("metrics").GetProperty("recall@10").GetDouble(), 0.9 * figure, figure);
        Assert.Equal([1, 0.5, 1], degraded.Select(d => d.GetProperty("degradation").GetProperty("share").GetDouble()));
        Assert.Equal(["image", "cross"], degraded[0].GetProperty("degradation").GetProperty("noised").EnumerateArray().Select(n => n.GetString()));
        Assert.NotEqual(degraded[2].GetProperty("metrics").ToString(), whole.RootElement.GetProperty("metrics").ToString());

        ProgramUnderTest.Train.Run("report", "--runs", market.FineTuned, "--out", market["robust.html"]).Expect(0);
        Assert.Contains("text removed for 50% of the items", File.ReadAllText(market["robust.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Recommendations_are_ranked_complete_and_leave_out_what_a_user_had()
    {
        const int top = 5;
        string path = market["recommendations.csv"];
        ProgramUnderTest.Train.Run("recommend", "--run", market.FineTuned, "--top", "5", "--out", path, "--show", "1").Expect(0);
        string[] lines = File.ReadAllLines(path);
        var rows = lines.Skip(1).Select(l => l.Split(',')).ToList();
        var histories = Histories();
        var catalogue = Items().Where(i => i.Domain == Market.Target).Select(i => i.ItemId).ToHashSet();

        Assert.Equal("user_id,rank,domain,item_id,title,score", lines[0]);
        Assert.All(rows, row => Assert.Equal(Market.Target, row[2]));
        Assert.Superset(histories.Keys.ToHashSet(), rows.Select(row => row[0]).ToHashSet());
        foreach (var user in rows.GroupBy(row => row[0]))
        {
            var scores = user.Select(row => double.Parse(row[^1], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(Enumerable.Range(1, top), user.Select(row => int.Parse(row[1], CultureInfo.InvariantCulture)));
            Assert.Equal(top, user.Select(row => row[3]).Where(catalogue.Contains).Distinct().Count());
            Assert.DoesNotContain(user, row => histories.GetValueOrDefault(user.Key)?.Contains(row[3]) == true);
            Assert.Equal(scores.OrderDescending(), scores);
        }
    }

    [Fact]
    public void Users_are_named_in_a_list_and_one_by_one()
    {
        string path = market["some.csv"];
        string[] users = [.. Histories().Keys.Order().Take(3)];
        ProgramUnderTest.Train.Run("recommend", "--run", market.FineTuned, "--out", path, "--users", users[0], "--users", users[1], "--user", users[2]).Expect(0);
        Assert.Equal(users, File.ReadAllLines(path).Skip(1).Select(l => l.Split(',')[0]).Distinct().Order());

        string refused = ProgramUnderTest.Train.Run("recommend", "--run", market.FineTuned, "--out", path, "--user", $"{users[0]},{users[1]}").Expect(1).Errors;
        Assert.Contains($"'{users[0]},{users[1]}'", refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_writes_one_vector_an_item_in_the_order_of_the_ids()
    {
        ProgramUnderTest.Train.Run("export", "--run", market.FineTuned, "--out", market["exported"]).Expect(0);
        using var vectors = SafeTensorsFile.Open(market["exported/items.safetensors"]);
        string[] ids = [.. File.ReadAllLines(market["exported/items.csv"]).Skip(1).Select(line => string.Join(',', line.Split(',').Take(2)))];
        string[] candidates = [.. Items().Where(i => i.Domain == Market.Target).Select(i => $"{i.Domain},{i.ItemId}")];

        Assert.Equal(candidates, ids.Take(candidates.Length));
        Assert.Equal([candidates.Length, 32], vectors.Entry("items").Shape);
        Assert.Equal([ids.Length, 32], vectors.Entry("history").Shape);
    }

    [Fact]
    public void Comparison_and_report_name_every_run_and_the_baseline()
    {
        string scratch = market["from-scratch"];
        ProgramUnderTest.Train.Run(["finetune", .. market.Data, "--domain", Market.Target, "--epochs", "1", "--out", scratch, .. Market.SmallModel]).Expect(0);
        ProgramUnderTest.Train.Run("evaluate", "--run", scratch).Expect(0);
        string comparison = ProgramUnderTest.Train.Run("compare", "--runs", market.FineTuned, scratch).Expect(0).Output;
        ProgramUnderTest.Train.Run("report", "--runs", market.FineTuned, scratch, market.Pretrained).Expect(0);
        string report = File.ReadAllText(Path.Combine(market.FineTuned, "report.html"));

        Assert.All(["fine-tuned", "from-scratch", "popularity"], name => Assert.Contains(name, comparison, StringComparison.Ordinal));
        Assert.Contains("from-scratch − fine-tuned  ndcg@10", comparison, StringComparison.Ordinal);
        Assert.Contains(" in ndcg@10", comparison, StringComparison.Ordinal);
        Assert.All(["fine-tuned", "from-scratch", "pretrained", "popularity", "<svg"], name => Assert.Contains(name, report, StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_of_several_seeds_are_one_variant_and_what_differs_in_more_is_refused()
    {
        string Seeded(string name, int seed, params string[] more)
        {
            ProgramUnderTest.Train.Run(["finetune", .. market.Data, "--domain", Market.Target, "--epochs", "1", "--out", market[name], "--seed", $"{seed}", .. Market.SmallModel, .. more]).Expect(0);
            return market[name];
        }

        string[] runs = [Seeded("tuned-1", 1), Seeded("tuned-2", 2), Seeded("narrow-1", 3, "--set", "model.width=16")];
        using var several = JsonDocument.Parse(ProgramUnderTest.Train.Run(["evaluate", "--run", .. runs, "--json"]).Expect(0).Output);
        string compared = ProgramUnderTest.Train.Run(["compare", "--runs", .. runs, "--seeds"]).Expect(0).Output;
        ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--mask-history").Expect(0);

        Assert.Equal(3, several.RootElement.GetProperty("runs").EnumerateObject().Count());
        Assert.True(several.RootElement.GetProperty("sd").GetProperty("ndcg@10").GetDouble() > 0);
        Assert.Contains("tuned (2 seeds)", compared, StringComparison.Ordinal);
        Assert.Contains("sd over seeds", compared, StringComparison.Ordinal);
        Directory.Move(runs[2], market["tuned-3"]);
        ProgramUnderTest.Train.Run("compare", "--runs", runs[0], runs[1], market["tuned-3"], "--seeds").ExpectError(1, "model.width=32", "model.width=16");
        ProgramUnderTest.Train.Run("compare", "--runs", market.FineTuned, runs[0], "--mask-history").ExpectError(1, "tuned-1", "--mask-history");
    }

    [Fact]
    public void Json_is_all_that_is_on_standard_output_and_has_what_the_file_has()
    {
        using var figures = JsonDocument.Parse(ProgramUnderTest.Train.Run("evaluate", "--run", market.FineTuned, "--json").Expect(0).Output);
        using var stores = JsonDocument.Parse(ProgramUnderTest.Extract.Run("inspect", "--features", market.Features, "--json").Expect(0).Output);

        Assert.InRange(figures.RootElement.GetProperty("metrics").GetProperty("recall@10").GetDouble(), 0.1, 1);
        Assert.Equal(["cross", "image", "text"], stores.RootElement.GetProperty("modalities").EnumerateArray().Select(m => m.GetProperty("modality").GetString()));
    }

    [Theory]
    [InlineData("unim2rec-train finetune --preset unim2rec-", "unim2rec-plus")]
    [InlineData("unim2rec-train finetune --dataset {market} --domain ki", Market.Target)]
    [InlineData("unim2rec-train evaluate --run {run} --domain ", Market.Target)]
    [InlineData("unim2rec-extract run --text ", "text-svd")]
    public void A_shell_can_complete(string line, string expected)
    {
        line = line.Replace("{market}", market.Folder, StringComparison.Ordinal).Replace("{run}", market.FineTuned, StringComparison.Ordinal);
        var program = line.StartsWith("unim2rec-train", StringComparison.Ordinal) ? ProgramUnderTest.Train : ProgramUnderTest.Extract;

        Assert.Contains(expected, program.Run($"[suggest:{line.Length}]", line).Expect(0).Output.Split('\n').Select(found => found.Trim()));
    }

    private IEnumerable<Item> Items()
    {
        var dataset = Dataset.Open(market.Folder);
        return dataset.Domains.SelectMany(domain =>
        {
            using var rejects = new RejectLog(csvPath: null);
            return dataset.ReadItems(domain, rejects).ToList();
        });
    }

    /// <summary>What each user had in the target domain.</summary>
    private Dictionary<string, HashSet<string>> Histories()
    {
        using var rejects = new RejectLog(csvPath: null);
        return Dataset.Open(market.Folder).ReadInteractions(Market.Target, rejects).ToList()
            .GroupBy(i => i.UserId).ToDictionary(g => g.Key, g => g.Select(i => i.ItemId).ToHashSet());
    }
}
