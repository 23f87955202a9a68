using System.Net;
using System.Text;
using UniM2Rec.Serving;
using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests.Http;

/// <summary>A model folder that changes while it is served.</summary>
public sealed class ReloadTests(ServedMarket market) : IClassFixture<ServedMarket>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task New_models_are_taken_up_without_a_dropped_request_and_a_bad_one_is_refused()
    {
        var current = (CurrentModel)market.Services.GetService(typeof(CurrentModel))!;
        using var stop = new CancellationTokenSource();
        int answered = 0;
        var asking = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await market.Client.PostAsync("/recommend", new StringContent("""{"user":"2","why":true}""", Encoding.UTF8, "application/json"));
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Interlocked.Increment(ref answered);
            }
        }).ToArray();

        for (int reload = 1; reload <= 3; reload++)
        {
            market.Run.Write(overwrite: true);
            await Until(() => current.Standing.TimesTaken >= reload, "a new model is taken");
        }

        long taken = current.Standing.TimesTaken;
        string tower = Path.Combine(market.Run.Export, "user-tower.onnx");
        byte[] sound = File.ReadAllBytes(tower);
        File.WriteAllBytes(tower, sound[..^1]);
        await Until(() => current.Standing.Refused is not null, "the damaged folder is refused");
        Assert.Contains("user-tower.onnx", current.Standing.Refused, StringComparison.Ordinal);
        Assert.Contains(market.Said, line => line.Contains("is refused", StringComparison.Ordinal));
        var health = (await market.Get("/health")).Body;
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Contains("user-tower.onnx", health.GetProperty("refused").GetString()!, StringComparison.Ordinal);

        // Once it is whole again, whichever file that takes, it is served.
        File.WriteAllBytes(tower, sound);
        await Until(() => current.Standing is { Refused: null } standing && standing.TimesTaken > taken, "the mended folder is taken");
        int before = answered;
        await Until(() => answered > before + 10, "requests go on");
        await stop.CancelAsync();
        await Task.WhenAll(asking);
        Assert.True(answered > 50, $"only {answered} requests");
    }

    [Fact]
    public async Task A_model_that_is_not_there_keeps_the_service_from_starting()
    {
        var error = await Assert.ThrowsAsync<UserErrorException>(async () => await market.StartAsync(new ServingOptions { Model = market["nowhere"] }));
        Assert.Contains("unim2rec-train export", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_being_answered_is_answered_when_the_service_is_stopped()
    {
        var (app, client) = await market.StartAsync(new ServingOptions { Model = market.Options.Model, Threads = 1 });
        await using (app)
        using (client)
        {
            int answered = 0, refused = 0;
            var asking = Enumerable.Range(0, 8).Select(async _ =>
            {
                while (true)
                {
                    try
                    {
                        using var answer = await client.PostAsync("/recommend", new StringContent("""{"user":"2","top":20,"why":true}""", Encoding.UTF8, "application/json"));
                        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                        Assert.Contains("\"items\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                        Interlocked.Increment(ref answered);
                    }
                    catch (HttpRequestException failure) when (failure.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded or HttpRequestError.Unknown)
                    {
                        // Nobody listens any more, or the connection was closed before the request came: it was not begun.
                        Interlocked.Increment(ref refused);
                        return;
                    }
                }
            }).ToArray();
            await Until(() => answered > 50, "requests are answered");
            await app.StopAsync();
            await Task.WhenAll(asking);
            Assert.Equal(8, refused);
            string metrics = ((ServiceMetrics)app.Services.GetService(typeof(ServiceMetrics))!).Write();
            Assert.Contains($"unim2rec_requests_total{{path=\"/recommend\",code=\"200\"}} {answered}\n", metrics, StringComparison.Ordinal);
            Assert.Contains("unim2rec_requests_at_work 0\n", metrics, StringComparison.Ordinal);
        }
    }

    private static async Task Until(Func<bool> reached, string what)
    {
        for (var since = System.Diagnostics.Stopwatch.StartNew(); !reached(); await Task.Delay(10))
            Assert.True(since.Elapsed < Patience, $"in vain it was waited until {what}");
    }
}
