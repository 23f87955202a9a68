using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace UniM2Rec.Serving;

/// <summary>What the service counts, in Prometheus' text form.</summary>
/// <param name="current">The model.</param>
public sealed class ServiceMetrics(CurrentModel current)
{
    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly ConcurrentDictionary<(string Path, int Status), long> _requests = new();
    private readonly ConcurrentDictionary<string, Latencies> _latencies = new();
    private int _atWork;

    /// <summary>A request begins.</summary>
    /// <returns>Requests at work, this one included.</returns>
    public int Begin() => Interlocked.Increment(ref _atWork);

    /// <summary>A request has ended.</summary>
    /// <param name="path">The endpoint's, not the request's own.</param>
    /// <param name="status">Status code.</param>
    /// <param name="took">How long it took.</param>
    public void End(string path, int status, TimeSpan took)
    {
        Interlocked.Decrement(ref _atWork);
        _requests.AddOrUpdate((path, status), 1, (_, count) => count + 1);
        _latencies.GetOrAdd(path, _ => new Latencies()).Add(took.TotalSeconds);
    }

    /// <summary>All of it.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        Declare("unim2rec_requests_total", "counter", "Requests that were answered.");
        foreach (var ((path, status), count) in _requests.OrderBy(r => r.Key)) Line("unim2rec_requests_total", count, ("path", path), ("code", status.ToString(CultureInfo.InvariantCulture)));
        Declare("unim2rec_request_seconds", "histogram", "How long requests took.");
        foreach (var (path, latencies) in _latencies.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            var (counts, sum) = latencies.Read();
            long below = 0;
            for (int b = 0; b < counts.Length; b++)
            {
                below += counts[b];
                Line("unim2rec_request_seconds_bucket", below, ("path", path), ("le", b < Bounds.Length ? Bounds[b].ToString(CultureInfo.InvariantCulture) : "+Inf"));
            }

            Line("unim2rec_request_seconds_sum", sum, ("path", path));
            Line("unim2rec_request_seconds_count", below, ("path", path));
        }

        Declare("unim2rec_requests_at_work", "gauge", "Requests that are being answered.");
        Line("unim2rec_requests_at_work", _atWork);
        using var lease = current.Take();
        var manifest = lease.Model.Manifest;
        Declare("unim2rec_model_info", "gauge", "The model that is served.");
        Line("unim2rec_model_info", 1, ("model", manifest.Model), ("run", manifest.Run), ("weights", manifest.Fingerprints.Weights));
        Declare("unim2rec_model_candidates", "gauge", "Items that are recommended.");
        Line("unim2rec_model_candidates", manifest.Candidates);
        if (lease.Model.Recall is { } recall)
        {
            Declare("unim2rec_index_recall", "gauge", "Share of the best ten candidates that the index finds, on a sample of histories.");
            Line("unim2rec_index_recall", recall);
        }

        Declare("unim2rec_tower_runs_total", "counter", "Runs of the user side of the present model.");
        Line("unim2rec_tower_runs_total", lease.Model.TowerRuns.Runs);
        Declare("unim2rec_tower_histories_total", "counter", "Histories in these runs.");
        Line("unim2rec_tower_histories_total", lease.Model.TowerRuns.Histories);
        Declare("unim2rec_model_changes_total", "counter", "Models that took another's place, and folders that were refused.");
        Line("unim2rec_model_changes_total", current.Standing.TimesTaken, ("result", "taken"));
        Line("unim2rec_model_changes_total", current.Standing.TimesRefused, ("result", "refused"));
        Declare("unim2rec_resident_memory_bytes", "gauge", "Memory of the process.");
        Line("unim2rec_resident_memory_bytes", Environment.WorkingSet);
        return text.ToString();

        void Declare(string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

        void Line(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
        {
            text.Append(name);
            for (int l = 0; l < labels.Length; l++) text.Append(l == 0 ? '{' : ',').Append(labels[l].Name).Append("=\"").Append(Escape(labels[l].Value)).Append('"');
            text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private static string Escape(string value) => value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed class Latencies
    {
        private readonly Lock _counting = new();
        private readonly long[] _counts = new long[Bounds.Length + 1];
        private double _sum;

        public void Add(double seconds)
        {
            int bound = Array.FindIndex(Bounds, b => seconds <= b);
            lock (_counting)
            {
                _counts[bound < 0 ? Bounds.Length : bound]++;
                _sum += seconds;
            }
        }

        public (long[] Counts, double Sum) Read()
        {
            lock (_counting) return ([.. _counts], _sum);
        }
    }
}
