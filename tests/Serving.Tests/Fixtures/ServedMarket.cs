using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Serilog;
using UniM2Rec.Serving;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>A small marketplace, an exported run of it, and the service over it on a free port of this machine.</summary>
public sealed class ServedMarket : IAsyncLifetime
{
    private readonly TinyMarket _market = new(users: 60);
    private WebApplication? _app;

    internal ExportedRun Run { get; private set; } = null!;

    internal ServingOptions Options { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What was logged.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Said { get; } = [];

    public IServiceProvider Services => _app!.Services;

    public string this[string name] => _market.Run(name);

    public async ValueTask InitializeAsync()
    {
        Run = new ExportedRun(_market, "run", "unim2rec-plus");
        Run.Write();
        Options = new ServingOptions { Model = Run.Export, Images = _market.Run("pictures"), LookInterval = TimeSpan.FromMilliseconds(30), MaxHistory = 100, MaxTop = 50, MaxBodyBytes = 20_000, Threads = 1 };
        (_app, Client) = await StartAsync(Options);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _market.Dispose();
    }

    /// <summary>Another service.</summary>
    internal async Task<(WebApplication App, HttpClient Client)> StartAsync(ServingOptions options)
    {
        var app = ServingHost.Create(options, new IPEndPoint(IPAddress.Loopback, 0), new LoggerConfiguration().WriteTo.Sink(new Lines(Said)).CreateLogger());
        await app.StartAsync();
        return (app, new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) });
    }

    /// <summary>Posts JSON and reads the answer's.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> Post(string path, object body)
    {
        using var answer = await Client.PostAsJsonAsync(path, body);
        return (answer.StatusCode, await Parsed(answer));
    }

    /// <summary>Posts bytes as JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostBytes(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");
        using var answer = await Client.PostAsync(path, content);
        return (answer.StatusCode, await Parsed(answer));
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> Get(string path)
    {
        using var answer = await Client.GetAsync(path);
        return (answer.StatusCode, await Parsed(answer));
    }

    /// <summary>The sentence of a refused request.</summary>
    public static string Sentence((HttpStatusCode Status, JsonElement Body) answer)
    {
        string error = answer.Body.GetProperty("error").GetString()!;
        Assert.EndsWith(".", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
        return error;
    }

    private static async Task<JsonElement> Parsed(HttpResponseMessage answer)
    {
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/json", $"{answer.StatusCode}: {Encoding.UTF8.GetString(body)}");
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    private sealed class Lines(System.Collections.Concurrent.ConcurrentQueue<string> lines) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent) => lines.Enqueue(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
