using Microsoft.Extensions.Hosting;
using Serilog;
using UniM2Rec.Serving.Model;

namespace UniM2Rec.Serving;

/// <summary>
/// The model that requests are answered from. When its folder changes, the new model is opened beside it and takes its place; requests that are at work end with
/// the one they began with. A new folder that can't be used is refused, and the model stays.
/// </summary>
/// <param name="options">Where it is.</param>
/// <param name="log">Told of new models.</param>
public sealed class CurrentModel(ServingOptions options, ILogger log) : IHostedService, IDisposable
{
    private readonly Lock _changing = new();
    private readonly CancellationTokenSource _stopping = new();
    private Shared? _current;
    private Task? _looking;
    private string _seen = "";
    private int _disposed;

    private ModelStanding _standing = new(default, null, 0, 0);

    /// <summary>How the model and its folder stand, as of one moment. It changes after all else that a change brings, the log's line included.</summary>
    public ModelStanding Standing => Volatile.Read(ref _standing);

    /// <summary>Opens the model.</summary>
    /// <exception cref="UserErrorException">It can't be used.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _seen = Stamp();
        Put(ServedModel.Open(options.Model, options.Threads, options.Index, log, cancellationToken));
        Volatile.Write(ref _standing, _standing with { OpenedAt = DateTimeOffset.UtcNow });
        _looking = Task.Run(Look, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_looking is not null) await _looking.ConfigureAwait(false);
    }

    /// <summary>The model for one request; dispose the lease when it is answered.</summary>
    /// <exception cref="RequestException">There is none: the service has not started or has ended.</exception>
    public ModelLease Take()
    {
        lock (_changing)
        {
            if (_current is null) throw new RequestException("The service is starting or ending; ask again in a moment.", 503);
            return new ModelLease(_current);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // A container disposes of what it knows under two names twice.
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _stopping.Cancel();
        lock (_changing)
        {
            _current?.Release();
            _current = null;
        }

        _stopping.Dispose();
    }

    private async Task Look()
    {
        using var timer = new PeriodicTimer(options.LookInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false)) LookOnce();
        }
        catch (OperationCanceledException)
        {
            // The service ends.
        }
    }

    private void LookOnce()
    {
        string now = Stamp();
        if (now == _seen) return;
        _seen = now;
        try
        {
            string weights = _current!.Model.Manifest.Fingerprints.Weights;
            var opened = ServedModel.Open(options.Model, options.Threads, options.Index, log, _stopping.Token);
            Put(opened);
            log.Information("A new model is served: {Run:l}, weights {New:l} (they were {Old:l})", opened.Manifest.Run, Beginning(opened.Manifest.Fingerprints.Weights), Beginning(weights));
            Volatile.Write(ref _standing, _standing with { OpenedAt = DateTimeOffset.UtcNow, Refused = null, TimesTaken = _standing.TimesTaken + 1 });
        }
        catch (Exception failure) when (failure is UserErrorException or IOException or UnauthorizedAccessException)
        {
            log.Warning("What is in {Folder:l} now is refused, and the model that was there goes on being served: {Reason:l}", options.Model, failure.Message);
            Volatile.Write(ref _standing, _standing with { Refused = failure.Message, TimesRefused = _standing.TimesRefused + 1 });
        }

        static string Beginning(string fingerprint) => fingerprint[..Math.Min(12, fingerprint.Length)];
    }

    private void Put(ServedModel model)
    {
        lock (_changing)
        {
            _current?.Release();
            _current = new Shared(model);
        }
    }

    /// <summary>Tells whether the folder's files are as they were, without reading them.</summary>
    private string Stamp()
    {
        try
        {
            return string.Join('\n', new DirectoryInfo(options.Model).EnumerateFiles().OrderBy(f => f.Name, StringComparer.Ordinal)
                .Select(f => FormattableString.Invariant($"{f.Name} {f.Length} {f.LastWriteTimeUtc.Ticks}")));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return failure.GetType().Name;
        }
    }

    /// <summary>A model that is disposed of once nobody uses it.</summary>
    internal sealed class Shared(ServedModel model)
    {
        private int _users = 1;

        public ServedModel Model => model;

        public void Add() => Interlocked.Increment(ref _users);

        public void Release()
        {
            if (Interlocked.Decrement(ref _users) == 0) model.Dispose();
        }
    }
}

/// <summary>How the served model and its folder stand.</summary>
/// <param name="OpenedAt">When the model was opened.</param>
/// <param name="Refused">Why the folder's present content is not served, in a sentence; null where it is.</param>
/// <param name="TimesTaken">Models that took another's place.</param>
/// <param name="TimesRefused">Contents of the folder that were refused.</param>
public sealed record ModelStanding(DateTimeOffset OpenedAt, string? Refused, long TimesTaken, long TimesRefused);

/// <summary>The model of one request, which stays open until the lease is disposed of.</summary>
public sealed class ModelLease : IDisposable
{
    private readonly CurrentModel.Shared _shared;
    private int _released;

    internal ModelLease(CurrentModel.Shared shared)
    {
        _shared = shared;
        shared.Add();
    }

    /// <summary>The model.</summary>
    public ServedModel Model => _shared.Model;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0) _shared.Release();
    }
}
