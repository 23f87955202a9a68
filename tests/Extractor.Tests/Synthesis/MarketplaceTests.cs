using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Synthesis;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Synthesis;

public class MarketplaceTests
{
    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, seed) in new[] { ("a", 1), ("b", 1), ("c", 2) })
            Marketplace.Generate(Marketplaces.Small with { Seed = seed }, folder[name], Progress.None, CancellationToken.None);

        Assert.Equal(Files(folder["a"]), Files(folder["b"]));
        Assert.NotEqual(Files(folder["a"]), Files(folder["c"]));
    }

    [Fact]
    public void Missing_modalities_come_at_the_rate_asked_for_and_never_both()
    {
        using var folder = new TemporaryFolder();
        var domains = Marketplace.Generate(
            new SynthSettings { Users = 1, Items = 1500, Domains = 1, ImageSize = 16, MissingText = 0.3, MissingImage = 0.4 }, folder.Path, Progress.None, CancellationToken.None);

        var items = domains[0].Items;
        Assert.InRange(items.Count(i => i.Image.Length == 0) / 1500.0, 0.36, 0.44);
        Assert.InRange(items.Count(i => i.Text.Length == 0) / 1500.0, 0.6 * 0.3 - 0.03, 0.6 * 0.3 + 0.03);
        Assert.DoesNotContain(items, i => i.Image.Length == 0 && i.Text.Length == 0);
        Assert.All(items.Where(i => i.Image.Length > 0), i => Assert.True(File.Exists(Path.Combine(folder["images"], i.Image))));
    }

    [Fact]
    public void Every_event_names_an_item_once_a_user_in_order_of_time()
    {
        using var folder = new TemporaryFolder();
        var dataset = Marketplaces.Create(folder.Path);
        using var rejects = new RejectLog(csvPath: null, maxRate: 0);
        foreach (string domain in dataset.Domains)
        {
            var items = dataset.ReadItems(domain, rejects).Select(i => i.ItemId).ToHashSet();
            foreach (var user in dataset.ReadInteractions(domain, rejects).GroupBy(i => i.UserId))
            {
                Assert.All(user, e => Assert.Contains(e.ItemId, items));
                Assert.Equal(user.Count(), user.Select(e => e.ItemId).Distinct().Count());
                Assert.Equal(user.Select(e => e.Timestamp).Order(), user.Select(e => e.Timestamp));
            }
        }
    }

    [Fact]
    public void Shared_taste_shows_as_the_same_favourite_theme_in_two_domains()
    {
        Assert.True(FavouriteAgreement(sharing: 1) > 2 * FavouriteAgreement(sharing: 0));
    }

    /// <summary>Share of users whose most frequent theme is the same in both domains; 1 in 12 by chance.</summary>
    private static double FavouriteAgreement(double sharing)
    {
        using var folder = new TemporaryFolder();
        var settings = new SynthSettings { Users = 300, Items = 200, Domains = 2, ImageSize = 16, TasteSharing = sharing, MissingText = 0, NoisyText = 0 };
        var domains = Marketplace.Generate(settings, folder.Path, Progress.None, CancellationToken.None);
        var favourites = domains.Select(domain =>
        {
            var theme = domain.Items.ToDictionary(i => i.ItemId, i => Array.FindIndex(Assortment.Themes, words => words.Contains(i.Title.Split(' ')[0].ToLowerInvariant())));
            return domain.Interactions.Rows.GroupBy(r => domain.Interactions.Users[r.User])
                .ToDictionary(g => g.Key, g => g.GroupBy(r => theme[domain.Interactions.Items[r.Item]]).MaxBy(t => t.Count())!.Key);
        }).ToArray();
        return favourites[0].Where(u => favourites[1].ContainsKey(u.Key)).Average(u => favourites[1][u.Key] == u.Value ? 1.0 : 0.0);
    }

    private static Dictionary<string, string> Files(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f), f => Convert.ToHexString(File.ReadAllBytes(f)));
}
