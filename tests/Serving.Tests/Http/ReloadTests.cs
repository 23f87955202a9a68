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
            await Until(() => current.Changes.Taken >= reload, "a new model is taken");
        }

        long taken = current.Changes.Taken;
        string tower = Path.Combine(market.Run.Export, "user-tower.onnx");
        byte[] sound = File.ReadAllBytes(tower);
        File.WriteAllBytes(tower, sound[..^1]);
        await Until(() => current.Refused is not null, "the damaged folder is refused");
        Assert.Contains("user-tower.onnx", current.Refused, StringComparison.Ordinal);
        Assert.Contains(market.Said, line => line.Contains("is refused", StringComparison.Ordinal));
        var health = (await market.Get("/health")).Body;
        Assert.Equal("ok", health.GetProperty("status").GetString());
        Assert.Contains("user-tower.onnx", health.GetProperty("refused").GetString()!, StringComparison.Ordinal);

        // Once it is whole again, whichever file that takes, it is served.
        File.WriteAllBytes(tower, sound);
        await Until(() => current.Changes.Taken > taken && current.Refused is null, "the mended folder is taken");
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

    private static async Task Until(Func<bool> reached, string what)
    {
        for (var since = System.Diagnostics.Stopwatch.StartNew(); !reached(); await Task.Delay(10))
            Assert.True(since.Elapsed < Patience, $"in vain it was waited until {what}");
    }
}
