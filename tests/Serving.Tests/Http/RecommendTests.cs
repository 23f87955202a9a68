using System.Net;
using System.Text.Json;
using UniM2Rec.Serving.Model;
using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests.Http;

/// <summary>What the service answers.</summary>
public sealed class RecommendTests(ServedMarket market) : IClassFixture<ServedMarket>
{
    [Fact]
    public async Task A_known_user_and_the_same_history_are_answered_as_recommend_does()
    {
        foreach (var (user, best) in market.Run.Recommended(10, includeSeen: false).Take(20))
        {
            var byId = await market.Post("/recommend", new { user, top = 10 });
            Assert.Equal(HttpStatusCode.OK, byId.Status);
            Assert.Equal(best.Select(b => b.Score), Scores(byId.Body), new Near());
            Assert.Equal(("UniM2Rec", "run", 12), (byId.Body.GetProperty("model").GetString(), byId.Body.GetProperty("run").GetString(), byId.Body.GetProperty("events").GetInt32()));

            var events = (await market.Get($"/users/{user}")).Body.GetProperty("events").EnumerateArray().Select(e => (Domain: Text(e, "domain"), Item: Text(e, "item"))).ToList();
            var byHistory = await market.Post("/recommend", new { history = events.Select(e => new { domain = e.Domain, item = e.Item }), top = 10 });
            Assert.Equal(Items(byId.Body), Items(byHistory.Body));

            // Times order the events, wherever they stand in the list.
            var shuffled = events.Select((e, i) => new { domain = e.Domain, item = e.Item, time = 1000.5 + i }).Reverse();
            Assert.Equal(Items(byId.Body), Items((await market.Post("/recommend", new { history = shuffled, top = 10 })).Body));
        }
    }

    [Fact]
    public async Task Requests_at_the_same_time_are_answered_as_one_by_one()
    {
        string[] users = [.. Enumerable.Range(0, 40).Select(u => $"{u}")];
        var alone = new List<string[]>();
        foreach (string user in users) alone.Add(Items((await market.Post("/recommend", new { user })).Body));
        string[][] together = await Task.WhenAll(users.Select(async user => Items((await market.Post("/recommend", new { user })).Body)));
        Assert.Equal(alone, together);
        string metrics = await market.Client.GetStringAsync("/metrics");
        Assert.Matches(@"unim2rec_requests_total\{path=""/recommend"",code=""200""\} \d+", metrics);
        Assert.Matches(@"unim2rec_request_seconds_bucket\{path=""/recommend"",le=""\+Inf""\} \d+", metrics);
        Assert.Matches(@"unim2rec_model_info\{model=""unim2rec"",run=""run"",weights=""[0-9a-f]{64}""\} 1", metrics);
    }

    [Fact]
    public async Task Filters_leave_out_what_they_name_and_the_rest_keeps_its_order()
    {
        string[] all = Items((await market.Post("/recommend", new { user = "1", top = 50 })).Body);
        Assert.DoesNotContain(all, item => item.StartsWith('b')); // books are no candidates
        string[] without = Items((await market.Post("/recommend", new { user = "1", top = 50, exclude = new[] { new { domain = "music", item = all[0] }, new { domain = "music", item = "unknown" } } })).Body);
        Assert.Equal(all.Skip(1), without);
        Assert.Equal(all, Items((await market.Post("/recommend", new { user = "1", top = 50, domain = "music" })).Body));
        Assert.Contains("books", ServedMarket.Sentence(await market.Post("/recommend", new { user = "1", domain = "books" })), StringComparison.Ordinal);
        Assert.Equal(all, Items((await market.Post("/recommend", new { user = "1", top = 50, categories = new[] { "" } })).Body)); // no item has a category
        Assert.Empty(Items((await market.Post("/recommend", new { user = "1", categories = new[] { "Kettles" } })).Body));

        string[] seen = Items((await market.Post("/recommend", new { user = "1", top = 50, includeSeen = true })).Body);
        Assert.Equal(24, seen.Length);
        Assert.Equal(all, seen.Where(all.Contains));
    }

    [Fact]
    public async Task Why_gives_parts_that_add_up_to_the_score_and_events_of_the_history()
    {
        var history = (await market.Get("/users/3")).Body.GetProperty("events").EnumerateArray().Select(e => Text(e, "item")).ToHashSet();
        var items = (await market.Post("/recommend", new { user = "3", top = 20, why = true, includeSeen = true })).Body.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(20, items.Count);
        foreach (var item in items)
        {
            var why = item.GetProperty("why");
            float sum = why.GetProperty("network").GetSingle() + why.GetProperty("collaborative").EnumerateObject().Sum(t => t.Value.GetSingle());
            Assert.Equal(item.GetProperty("score").GetSingle(), sum, 1e-3f);
            var because = why.GetProperty("because").EnumerateArray().ToList();
            Assert.InRange(because.Count, 1, 3);
            Assert.All(because, b => Assert.Contains(Text(b, "item"), history));
            Assert.DoesNotContain(because, b => Text(b, "item") == Text(item, "item"));
            Assert.Equal(history.Contains(Text(item, "item")), why.GetProperty("collaborative").TryGetProperty("seen", out _));
            float together = why.GetProperty("collaborative").EnumerateObject().Where(t => t.Name != "seen").Sum(t => t.Value.GetSingle());
            Assert.True(because.Sum(b => b.GetProperty("together").GetSingle()) <= together + 1e-3f);
        }

        Assert.Contains(items, item => item.GetProperty("why").GetProperty("collaborative").EnumerateObject().Any(t => t.Name == "ease"));
    }

    [Fact]
    public async Task The_networks_part_is_what_is_left_without_the_other_terms()
    {
        string alone = market["network-alone"];
        Directory.CreateDirectory(alone);
        foreach (string file in Directory.GetFiles(market.Run.Export)) File.Copy(file, Path.Combine(alone, Path.GetFileName(file)));
        var manifest = RecommenderManifest.Load(alone);
        (manifest with { Combination = manifest.Combination! with { Seen = 0, Terms = [] } }).Save(alone);
        using var network = ServedModel.Open(alone, threads: 1);
        using var model = ServedModel.Open(market.Run.Export, threads: 1);
        int[] history = model.HistoryOf("5")!;
        var expected = (await network.RecommendAsync(history, 50, _ => true)).ToDictionary(r => r.Row, r => r.Score);
        Assert.Equal(24, expected.Count);
        foreach (var ranked in await model.RecommendAsync(history, 50, _ => true))
            Assert.Equal(expected[ranked.Row], model.Explain(history, ranked).Network, 1e-3f);
    }

    [Fact]
    public async Task Similar_items_are_of_the_same_taste_group()
    {
        var answer = await market.Post("/similar", new { of = new { domain = "books", item = "b5" }, top = 5 });
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("b5", Text(answer.Body.GetProperty("of"), "item"));
        float[] scores = Scores(answer.Body);
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.All(scores, s => Assert.InRange(s, -1.0001f, 1.0001f));
        string[] own = Items((await market.Post("/similar", new { of = new { domain = "music", item = "m4" }, top = 5 })).Body);
        Assert.DoesNotContain("m4", own);
        Assert.True(own.Count(item => int.Parse(item[1..], System.Globalization.CultureInfo.InvariantCulture) % 4 == 0) >= 3, string.Join(' ', own));
    }

    [Fact]
    public async Task Items_and_health_say_what_there_is()
    {
        Assert.Equal("Group 2, number 6", Text((await market.Get("/items/music/m6")).Body, "title"));
        Assert.Equal(HttpStatusCode.NotFound, (await market.Get("/items/music/zzz")).Status);
        var health = (await market.Get("/health")).Body;
        Assert.Equal(("ok", "unim2rec"), (Text(health, "status"), Text(health, "model")));
        var api = (await market.Get("/openapi/v1.json")).Body.GetProperty("paths");
        Assert.Equal(["/health", "/items/{domain}/{id}", "/metrics", "/pictures/{domain}/{id}", "/recommend", "/similar", "/users", "/users/{user}"], api.EnumerateObject().Select(p => p.Name).Order());
        string page = await market.Client.GetStringAsync("/");
        Assert.Contains("<title>UniM2Rec</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal); // nothing is loaded from elsewhere
    }

    [Fact]
    public async Task Events_that_are_not_known_count_for_nothing_and_are_named()
    {
        var answer = await market.Post("/recommend", new { history = new[] { new { domain = "music", item = "new" }, new { domain = "music", item = "m1" } } });
        Assert.Equal(1, answer.Body.GetProperty("events").GetInt32());
        Assert.Equal("new", Text(Assert.Single(answer.Body.GetProperty("unknown").EnumerateArray()), "item"));
        var alone = await market.Post("/recommend", new { history = new[] { new { domain = "music", item = "m1" } } });
        Assert.Equal(Items(alone.Body), Items(answer.Body));
    }

    private static string[] Items(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray().Select(i => Text(i, "item"))];

    private static float[] Scores(JsonElement answer) => [.. answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("score").GetSingle())];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= 1e-4f;

        public int GetHashCode(float obj) => 0;
    }
}
