using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;
using UniM2Rec.Trainer.Tracking;

namespace UniM2Rec.Tests.Tracking;

/// <summary>What TensorBoard and MLflow are told of a run, read by plain readers of their forms.</summary>
public sealed partial class TrackingTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Fact]
    public void TensorBoard_reads_each_epoch_once_whatever_stopped_the_run_or_damaged_the_file()
    {
        var run = _small.Train("run", epochs: 2);
        RequireSame(run, epochs: 2);
        byte[] before = File.ReadAllBytes(run.Events);

        _small.Resume("run", epochs: 3);
        RequireSame(run, epochs: 3);
        byte[] after = File.ReadAllBytes(run.Events);
        Assert.Equal(before, after[..before.Length]); // A reader goes on where it was.

        foreach (byte[] damaged in new[] { after[..^7], [.. after, 1, 2, 3], [.. after[..100], (byte)~after[100], .. after[101..]], [], [0, 1] })
        {
            File.WriteAllBytes(run.Events, damaged);
            _small.Resume("run", epochs: 3);
            RequireSame(run, epochs: 3);
        }

        foreach (int at in new[] { 3, 5 })
        {
            var stop = new StopAfter(at);
            using (var session = Session.Create(_small.Config(3), RunFolder.Create(_small[$"stopped-{at}"], resume: false, overwrite: false), stop.Context))
                Assert.ThrowsAny<OperationCanceledException>(() => session.Train());
            RequireSame(_small.Resume($"stopped-{at}", epochs: 3), epochs: 3);
        }
    }

    [Fact]
    public void MLflow_reads_a_run_that_was_stopped_and_goes_on()
    {
        Train("run", epochs: 1);
        string experiment = Assert.Single(Directory.GetDirectories(_small["mlruns"])), folder = Assert.Single(Directory.GetDirectories(experiment), d => Directory.Exists(Path.Combine(d, "params")));
        long start = long.Parse(Yaml(folder)["start_time"], CultureInfo.InvariantCulture);
        Train("run", epochs: 3);

        var meta = Yaml(folder);
        string id = Path.GetFileName(folder);
        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(("3", "4", "[]", start, $"\"{id}\"", $"\"{id}\""), (meta["status"], meta["source_type"], meta["tags"], long.Parse(meta["start_time"], CultureInfo.InvariantCulture), meta["run_id"], meta["run_uuid"]));
        Assert.Equal(("\"run\"", "\"active\"", $"\"{Path.GetFileName(experiment)}\""), (meta["run_name"], meta["lifecycle_stage"], meta["experiment_id"]));
        Assert.True(long.Parse(meta["end_time"], CultureInfo.InvariantCulture) >= start);
        Assert.StartsWith("\"file:///", meta["artifact_uri"], StringComparison.Ordinal);
        Assert.Equal((meta["experiment_id"], "\"active\""), (Yaml(experiment)["experiment_id"], Yaml(experiment)["lifecycle_stage"]));
        Assert.Equal("3", File.ReadAllText(Path.Combine(folder, "params", "training.epochs")));
        Assert.Equal("run", File.ReadAllText(Path.Combine(folder, "tags", "mlflow.runName")));
        var lines = Lines(new RunFolder(_small["run"]));
        string[] names = [.. Directory.GetFiles(Path.Combine(folder, "metrics"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Path.Combine(folder, "metrics"), f))];
        Assert.All(names, name => Assert.Matches(@"^[/\w.\- ]*$", name));
        Assert.Contains("validation/ndcg_at_10", names);
        foreach (string name in names)
        {
            string[][] values = [.. File.ReadAllLines(Path.Combine(folder, "metrics", name)).Select(line => line.Split(' '))];
            Assert.Equal(["1", "2", "3"], values.Select(v => v[2]));
            Assert.Equal(lines.Select(l => Value(l, name)), values.Select(v => double.Parse(v[1], CultureInfo.InvariantCulture)));
            Assert.All(values, v => Assert.True(long.Parse(v[0], CultureInfo.InvariantCulture) >= start));
        }

        using (var again = Session.Create(_small.Config(2), RunFolder.Create(_small["run"], resume: false, overwrite: true), _small.Context()))
        {
            again.Track = _small["mlruns"];
            again.Train();
        }

        Assert.Equal(2, File.ReadAllLines(Path.Combine(folder, "metrics", "loss")).Length);
        Assert.True(long.Parse(Yaml(folder)["start_time"], CultureInfo.InvariantCulture) > start);

        var stop = new StopAfter(3);
        using var session = Session.Create(_small.Config(), RunFolder.Create(_small["stopped"], resume: false, overwrite: false), stop.Context);
        session.Track = _small["mlruns"];
        Assert.ThrowsAny<OperationCanceledException>(() => session.Train());
        Assert.Contains(Directory.GetDirectories(experiment), d => Yaml(d)["status"] == "5" && Yaml(d)["run_name"] == "\"stopped\"");
    }

    [Fact]
    public void What_can_not_be_written_is_said_once_and_training_ends_as_without()
    {
        var plain = _small.Train("plain");
        File.WriteAllText(_small["mlruns"], "a file");
        Directory.CreateDirectory(new RunFolder(_small["run"]).Events);

        Train("run", epochs: 2);

        Assert.Equal(SmallRun.Metrics(plain), SmallRun.Metrics(new RunFolder(_small["run"])));
        Assert.Single(_small.Said, line => line.Contains("can't be written to", StringComparison.Ordinal) && line.Contains("tfevents", StringComparison.Ordinal));
        Assert.Single(_small.Said, line => line.Contains("can't be written to", StringComparison.Ordinal) && line.Contains("mlruns", StringComparison.Ordinal));
    }

    private void Train(string name, int epochs)
    {
        var run = RunFolder.Create(_small[name], resume: true, overwrite: false);
        using var session = run.HasRun ? Session.Resume(_small.Config(epochs), run, _small.Context()) : Session.Create(_small.Config(epochs), run, _small.Context());
        session.Track = _small["mlruns"];
        session.Train();
    }

    /// <summary>The file has the lines of metrics.jsonl, in their order, and nothing else.</summary>
    private static void RequireSame(RunFolder run, int epochs)
    {
        var events = Records(File.ReadAllBytes(run.Events)).ConvertAll(Event.Parse);
        var lines = Lines(run);
        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal(Enumerable.Range(1, epochs).Select(e => (long)e), events.Skip(1).Select(e => e.Step));
        Assert.Equal(epochs, lines.Count);
        for (int e = 0; e < epochs; e++)
        {
            Assert.True(events[e + 1].WallTime > events[e].WallTime);
            Assert.Contains("validation/recall_at_10", events[e + 1].Values.Keys);
            Assert.All(events[e + 1].Values, v => Assert.Equal((float)Value(lines[e], v.Key), v.Value));
        }

        Assert.InRange(events[^1].WallTime, 1e9, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 60);
    }

    private static List<JsonNode> Lines(RunFolder run) => [.. File.ReadAllLines(run.Metrics).Select(line => JsonNode.Parse(line)!)];

    private static double Value(JsonNode line, string name) => name switch
    {
        "loss" => line["loss"]!.GetValue<double>(),
        "targets_per_second" => line["targetsPerSecond"]!.GetValue<double>(),
        _ => line["validation"]![name["validation/".Length..].Replace("_at_", "@", StringComparison.Ordinal)]!.GetValue<double>(),
    };

    private static Dictionary<string, string> Yaml(string folder) =>
        File.ReadAllLines(Path.Combine(folder, "meta.yaml")).Select(line => Entry().Match(line)).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);

    [GeneratedRegex("^([a-z_]+): (.*)$")]
    private static partial Regex Entry();

    /// <summary>The records of a file whose checksums are right, to its last byte.</summary>
    private static List<byte[]> Records(byte[] file)
    {
        Assert.Equal(0xE3069283, Crc32C("123456789"u8)); // As RFC 3720 has it.
        var records = new List<byte[]>();
        for (int at = 0; at < file.Length;)
        {
            int length = checked((int)BitConverter.ToUInt64(file, at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BitConverter.ToUInt32(file, at + 8));
            Assert.Equal(Masked(file.AsSpan(at + 12, length)), BitConverter.ToUInt32(file, at + 12 + length));
            records.Add(file[(at + 12)..(at + 12 + length)]);
            at += 16 + length;
        }

        return records;
    }

    private static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = Crc32C(data);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }

    /// <summary>A bit at a time.</summary>
    private static uint Crc32C(ReadOnlySpan<byte> data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) == 1 ? 0x82F63B78u : 0);
        }

        return crc ^ 0xFFFFFFFF;
    }

    /// <summary>TensorBoard's message.</summary>
    private sealed record Event(double WallTime, long Step, string? Version, Dictionary<string, float> Values)
    {
        public static Event Parse(byte[] message)
        {
            var fields = Fields(message);
            var values = fields.TryGetValue(5, out object? summary) ? Repeated((byte[])summary).Select(v => Fields((byte[])v)).ToDictionary(v => Encoding.UTF8.GetString((byte[])v[1]), v => BitConverter.ToSingle((byte[])v[2])) : [];
            return new(BitConverter.ToDouble((byte[])fields[1]), fields.TryGetValue(2, out object? step) ? (long)step : 0, fields.TryGetValue(3, out object? version) ? Encoding.UTF8.GetString((byte[])version) : null, values);
        }

        private static Dictionary<int, object> Fields(byte[] message) => Read(message).ToDictionary(f => f.Field, f => f.Value);

        private static IEnumerable<object> Repeated(byte[] message) => Read(message).Where(f => f.Field == 1).Select(f => f.Value);

        private static List<(int Field, object Value)> Read(byte[] message)
        {
            var fields = new List<(int, object)>();
            int at = 0;
            while (at < message.Length)
            {
                long key = Varint();
                object value = (key & 7) switch { 0 => Varint(), 1 => Take(8), 2 => Take((int)Varint()), 5 => Take(4), _ => throw new InvalidDataException($"wire type {key & 7}") };
                fields.Add(((int)(key >> 3), value));
            }

            return fields;

            byte[] Take(int count) => message[at..(at += count)];
            long Varint()
            {
                long value = 0;
                for (int shift = 0; ; shift += 7)
                {
                    byte b = message[at++];
                    value |= (long)(b & 0x7F) << shift;
                    if (b < 0x80) return value;
                }
            }
        }
    }
}
