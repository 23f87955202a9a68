using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using UniM2Rec.Serving;
using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests;

/// <summary>The service inside another ASP.NET Core application, as docs/SERVING.md shows it.</summary>
public sealed class LibraryFormTests(ServedMarket market) : IClassFixture<ServedMarket>
{
    [Fact]
    public async Task An_application_answers_under_its_own_addresses_and_asks_by_itself()
    {
        await using var app = Build(market.Options.Model, "http://127.0.0.1:0");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };

        using var answer = await client.PostAsJsonAsync("/shop/recommend", new { user = "1", top = 3 });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var items = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("title").GetString()!).ToList();
        Assert.Equal(items, await client.GetFromJsonAsync<List<string>>("/for/1"));
        Assert.Contains("<title>", await client.GetStringAsync("/shop/"), StringComparison.Ordinal);
        await app.StopAsync();
    }

    [Fact]
    public void The_document_shows_these_lines()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "UniM2Rec.sln"))) root = Path.GetDirectoryName(root)!;
        string own = File.ReadAllText(Path.Combine(root, "tests", "Serving.Tests", "LibraryFormTests.cs"));
        string[] shown = File.ReadAllText(Path.Combine(root, "docs", "SERVING.md")).Split("```csharp\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(shown.Length > 4);
        Assert.All(shown, line => Assert.Contains(line.Trim(), own, StringComparison.Ordinal));
    }

    private static WebApplication Build(string folder, string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        builder.Services.AddUniM2Rec(folder, options => options.Threads = 1);
        var app = builder.Build();
        app.MapGroup("/shop").MapUniM2Rec();
        app.MapGet("/for/{user}", async (string user, Recommendations recommendations) =>
            (await recommendations.RecommendAsync(new RecommendRequest { User = user, Top = 3 })).Items.Select(item => item.Title));
        return app;
    }
}
