using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ILogger = Serilog.ILogger;

namespace UniM2Rec.Serving;

/// <summary>The service as a program of its own: a web server with nothing in it but the service, and nothing taken from the environment.</summary>
public static class ServingHost
{
    private static readonly TimeSpan Draining = TimeSpan.FromSeconds(5);

    /// <summary>Makes it; it listens once it is started.</summary>
    /// <param name="options">What it answers from.</param>
    /// <param name="address">Where it listens; port 0 for one that is free.</param>
    /// <param name="log">Its log.</param>
    public static WebApplication Create(ServingOptions options, IPEndPoint address, ILogger log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = options.MaxBodyBytes;
            server.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            server.Listen(address);
        });
        builder.Logging.AddProvider(new LogBridge(log));
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Draining);
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenApi();
        builder.Services.AddUniM2Rec(options.Model, own => Copy(options, own));
        // A page elsewhere could have its own name point here; a service for this machine answers to this machine's names alone.
        if (IPAddress.IsLoopback(address.Address)) builder.Services.AddHostFiltering(filter => filter.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        var app = builder.Build();
        if (IPAddress.IsLoopback(address.Address)) app.UseHostFiltering();
        app.UseRouting();
        app.MapOpenApi();
        app.MapUniM2Rec();
        return app;
    }

    private static void Copy(ServingOptions from, ServingOptions to)
    {
        foreach (var property in typeof(ServingOptions).GetProperties()) property.SetValue(to, property.GetValue(from));
    }

    /// <summary>Signals are the command frame's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>What the web server warns of goes to the program's log.</summary>
    private sealed class LogBridge(ILogger log) : ILoggerProvider, Microsoft.Extensions.Logging.ILogger
    {
        // A start that fails is told by whoever started it.
        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) =>
            categoryName == "Microsoft.Extensions.Hosting.Internal.Host" ? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance : this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is >= LogLevel.Warning and < LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Warning(exception, "{Message:l}", formatter(state, exception));
        }
    }
}
