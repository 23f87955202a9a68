using System.Text.RegularExpressions;
using System.Xml.Linq;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Reporting;

/// <summary>The report as a document: what it holds, that it needs nothing else, and what a screen reader and a keyboard need.</summary>
public sealed partial class HtmlReportTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Fact]
    public void A_report_of_two_runs_has_every_part_and_needs_no_other_file()
    {
        var runs = new[] { Trained("one", seed: 1), Trained("<other> & run", seed: 2) };
        using (var session = Session.Open(runs[0], _small.Context()))
            session.MeasureRobustness("test", [new Degradation(["text"], [], 1, 0.5, 1), new Degradation(["text"], [], 1, 1, 1)]).Save(runs[0].Robustness);

        string html = HtmlReport.Render(runs, users: 2, _small.Context());
        var page = Parse(html);

        Assert.Equal(["result", "data", "learning", "slices", "robustness", "inside", "users", "cost", "settings"], page.Descendants("section").Select(s => s.Attribute("id")!.Value));
        Assert.StartsWith(HtmlReport.Beginning, html, StringComparison.Ordinal);
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName is "src" or "href" && !a.Value.StartsWith('#') && !a.Value.StartsWith("data:", StringComparison.Ordinal));
        Assert.DoesNotContain("http", WithoutNamespaces().Replace(html, ""), StringComparison.Ordinal);
        Assert.Contains("in ndcg@10", page.Descendants("p").First().Value, StringComparison.Ordinal);
        Assert.Equal(2, page.Descendants("div").Count(d => d.Attribute("class")?.Value == "user"));
        Assert.Contains(page.Descendants("strong"), s => s.Value.StartsWith("tool t", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("p"), c => c.Value.StartsWith("one: preset", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("th"), th => th.Value == "model.width");
        Assert.Equal(page.Descendants("td").Count(td => td.Attribute("class")?.Value == "best"), page.Descendants("td").Where(td => td.Attribute("class")?.Value == "best").Select(td => td.Value).Count(v => v.Length > 0));
    }

    [Fact]
    public void Baselines_that_are_named_stand_beside_the_runs()
    {
        var run = Trained("one", _small.Config() with { Collaborative = new() { ItemKnn = true } });

        var page = Parse(HtmlReport.Render([run], users: 0, _small.Context(), null, ComparedRun.Parse(run.Path + ":item-knn")));

        var result = page.Descendants("section").Single(s => s.Attribute("id")!.Value == "result");
        var differences = result.Descendants("table").Single(t => t.Attribute("aria-label")!.Value.StartsWith("Differences", StringComparison.Ordinal));
        var pair = Assert.Single(differences.Descendants("tr"), row => row.Descendants("th").First().Value == "one:item-knn − one");
        var report = EvaluationReport.Load(run.EvaluationOf("test", false).Evaluation, "");
        Assert.Equal(report.Baselines["item kNN"]["ndcg@10"] - report.Metrics["ndcg@10"], Number(pair.Descendants("td").First()), 1e-4);
        var refused = Assert.Throws<UserErrorException>(() => HtmlReport.Render([run], 0, _small.Context(), null, ComparedRun.Parse(run.Path + ":nothing")));
        Assert.Contains("no baseline 'nothing'", refused.Message, StringComparison.Ordinal);
        var alone = TrainerRun.Of("report", "--runs", run.Path + ":item-knn");
        Assert.Equal(2, alone.Code);
        Assert.Contains("names baselines alone", Assert.Single(alone.Sentences), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_looks_inside_each_kind_of_model_and_says_why()
    {
        var config = _small.Config();
        var runs = new[]
        {
            Trained("one", config with { Model = config.Model with { Experts = 3 } }),
            Trained("interests", config with { Model = new() { Kind = "missrec", Width = 4, Heads = 2, FeedForward = 4 }, Training = config.Training with { Examples = ExampleForm.Prefix } }),
            Trained("counted", config with { Model = new() { Kind = "collaborative" }, Collaborative = new() { ItemKnn = true, Ease = true } }),
        };

        var page = Parse(HtmlReport.Render(runs, users: 2, _small.Context()));
        var inside = page.Descendants("section").Where(s => s.Attribute("id")!.Value.StartsWith("inside", StringComparison.Ordinal)).ToDictionary(s => s.Element("h2")!.Value);

        Assert.Equal(["Inside interests (MISSRec)", "Inside one (UniM2Rec)"], inside.Keys.Order());
        var one = inside["Inside one (UniM2Rec)"];
        Assert.Equal(5, one.Descendants("svg").Count()); // two maps, gates of two modalities, weights
        Assert.All(one.Descendants("svg").Take(2), map => Assert.Equal((6, 6), (Marks(map, "--s1"), Marks(map, "--s2"))));
        var gates = one.Descendants("table").Where(t => t.Attribute("aria-label")!.Value.StartsWith("Gates", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, gates.Count);
        // The catalogue has one domain, so its categories are what is told apart.
        Assert.Equal(["Kind 0", "Kind 1"], one.Element("ul")!.Elements("li").Select(li => li.Value));
        Assert.All(gates.SelectMany(table => table.Descendants("tbody").Single().Elements("tr")), row => Assert.Equal(1, row.Descendants("td").Sum(Number), 2));
        var weights = Assert.Single(one.Descendants("table"), t => t.Attribute("aria-label")!.Value.StartsWith("Weights", StringComparison.Ordinal));
        Assert.Equal(["0.500", "0.500", "0.500", "0.500"], weights.Descendants("td").Select(td => td.Value));
        var interests = inside["Inside interests (MISSRec)"].Descendants("table").Where(t => t.Attribute("aria-label")!.Value.StartsWith("Interests", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, interests.Count); // the largest, and two users'
        Assert.Contains("tool t", interests[1].Value, StringComparison.Ordinal);
        var reasons = Parse(HtmlReport.Render(runs[..1], users: 2, _small.Context())).Descendants("em").ToList();
        Assert.NotEmpty(reasons);
        Assert.All(reasons, why => Assert.Matches("^tool t.*(alike|together)", why.Value));
        var cost = page.Descendants("section").Single(s => s.Attribute("id")!.Value == "cost");
        Assert.Contains(cost.Descendants("td"), td => td.Value.EndsWith(" MiB", StringComparison.Ordinal) && Number(td) > 50);

        static int Marks(XElement map, string colour) => map.Descendants().Count(e => e.Attribute("style")?.Value == $"fill:var({colour})");
    }

    /// <summary>What checkers such as axe look at, as far as a document alone can tell.</summary>
    [Fact]
    public void A_report_can_be_read_by_ear_and_by_keyboard()
    {
        var page = Parse(HtmlReport.Render([Trained("one", seed: 1)], users: 1, _small.Context()));

        Assert.Equal("en", page.Attribute("lang")!.Value);
        Assert.Single(page.Descendants("main"));
        Assert.Single(page.Descendants("h1"));
        string[] ids = [.. page.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(page.Descendants().Attributes().Where(a => a.Name.LocalName is "aria-labelledby"), a => Assert.Contains(a.Value, ids));
        Assert.All(page.Descendants("a"), a => Assert.Contains(a.Attribute("href")!.Value[1..], ids));
        Assert.All(page.Descendants("a"), a => Assert.NotEmpty(a.Value));
        Assert.All(page.Descendants("img"), img => Assert.NotNull(img.Attribute("alt")));
        Assert.All(page.Descendants("svg"), svg => Assert.True(svg.Attribute("role")?.Value == "img" && svg.Attribute("aria-label")?.Value.Length > 0));
        Assert.All(page.Descendants("th"), th => Assert.Contains(th.Attribute("scope")!.Value, (string[])["col", "row"]));
        Assert.All(page.Descendants("table"), table => Assert.NotEmpty(table.Attribute("aria-label")!.Value));
        Assert.All(page.Descendants("div").Where(d => d.Attribute("class")?.Value == "scroll"), d => Assert.Equal(("0", "region"), (d.Attribute("tabindex")!.Value, d.Attribute("role")!.Value)));
        int level = 1;
        foreach (int heading in page.Descendants().Where(e => Heading().IsMatch(e.Name.LocalName)).Select(e => e.Name.LocalName[1] - '0'))
        {
            Assert.InRange(heading, 1, level + 1);
            level = heading;
        }
    }

    /// <summary>Ink on page and card in both schemes: at least 4.5 to 1, as WCAG asks; what charts draw, 3 to 1.</summary>
    [Fact]
    public void Colours_stand_out_in_light_and_dark()
    {
        string style = HtmlReport.Render([Trained("one", seed: 1)], users: 0, _small.Context());
        foreach (Match scheme in Schemes().Matches(style))
        {
            var colours = Colour().Matches(scheme.Value).ToDictionary(m => m.Groups["name"].Value, m => Luminance(m.Groups["value"].Value));
            foreach (string behind in new[] { "page", "card" })
            {
                Assert.All(new[] { "ink", "soft", "accent" }, text => Assert.True(Contrast(colours[text], colours[behind]) >= 4.5, $"{text} on {behind}: {Contrast(colours[text], colours[behind]):F2}"));
            }

            Assert.True(Contrast(colours["ink"], colours["best"]) >= 4.5);
            for (int s = 1; s <= 6; s++) Assert.True(Contrast(colours[$"s{s}"], colours["card"]) >= 3, $"s{s}: {Contrast(colours[$"s{s}"], colours["card"]):F2}");
        }
    }

    [Fact]
    public void What_can_not_be_read_any_more_is_left_out_with_a_warning()
    {
        var run = Trained("one", seed: 1);
        Directory.Delete(_small.Shop.Dataset, recursive: true);

        var page = Parse(HtmlReport.Render([run], users: 2, _small.Context()));

        Assert.Equal(["result", "learning", "slices", "cost", "settings"], page.Descendants("section").Select(s => s.Attribute("id")!.Value));
        Assert.Contains(_small.Said, line => line.StartsWith("The report says nothing of the data", StringComparison.Ordinal));
        Assert.Contains(_small.Said, line => line.StartsWith("The report shows no users", StringComparison.Ordinal));
    }

    private RunFolder Trained(string name, int seed) => Trained(name, _small.Config() with { Training = _small.Config().Training with { Seed = seed } });

    private RunFolder Trained(string name, RunConfig config)
    {
        var run = _small.Train(name, config);
        using var session = Session.Open(run, _small.Context());
        session.Evaluate("test").Save(run);
        return run;
    }

    /// <summary>The document as XML, which it is but for what HTML leaves out: closed empty elements, head and body.</summary>
    private static XElement Parse(string html) =>
        XElement.Parse(EmptyElements().Replace(html.Replace("<!doctype html>", "", StringComparison.Ordinal), "<$1/>"));

    private static double Number(XElement cell) => double.Parse(cell.Value.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private static double Contrast(double one, double other) => (Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05);

    private static double Luminance(string colour)
    {
        string full = colour.Length == 3 ? string.Concat(colour.Select(c => $"{c}{c}")) : colour;
        double[] channels = [.. Enumerable.Range(0, 3).Select(i => Convert.ToInt32(full.Substring(2 * i, 2), 16) / 255.0).Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];
        return (0.2126 * channels[0]) + (0.7152 * channels[1]) + (0.0722 * channels[2]);
    }

    [GeneratedRegex("<((?:meta|img)[^>]*)>")]
    private static partial Regex EmptyElements();

    [GeneratedRegex("xmlns(:xlink)?=\"[^\"]*\"")]
    private static partial Regex WithoutNamespaces();

    [GeneratedRegex("^h[1-6]$")]
    private static partial Regex Heading();

    [GeneratedRegex(":root\\{[^}]*\\}")]
    private static partial Regex Schemes();

    [GeneratedRegex("--(?<name>\\w+):#(?<value>[0-9a-f]+)")]
    private static partial Regex Colour();
}
