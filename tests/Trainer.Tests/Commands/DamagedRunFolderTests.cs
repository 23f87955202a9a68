using System.Text;
using System.Text.RegularExpressions;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Commands;

/// <summary>Every verb on run folders of which one file is damaged in one of many ways: it does what it does on a sound one, or says in one sentence why not.</summary>
public sealed partial class DamagedRunFolderTests : IDisposable
{
    private static readonly string[] Verbs = ["evaluate", "recommend", "export", "report", "compare", "resume", "degrade"];
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Fact]
    public void A_damaged_file_gives_the_right_output_or_one_sentence()
    {
        var sound = _small.Train("sound", _small.Config() with { Collaborative = new() { SeenBias = true, ItemKnn = true, Ease = true } });
        Run("evaluate", sound);
        Run("degrade", sound);
        _small.Copy(sound, "run");
        var right = Verbs.ToDictionary(verb => verb, verb => Run(verb, new RunFolder(_small["run"])));
        Assert.All(right, r => Assert.True(r.Value.Code == 0, $"{r.Key}: {r.Value.Errors}"));
        string[] files = [.. Directory.GetFiles(sound.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        Assert.Contains("robustness.json", files);
        Assert.Contains("ease.safetensors", files);

        var problems = new List<string>();
        int refused = 0, faults = SmallRun.Faults(530);
        for (int fault = 0; fault < faults; fault++)
        {
            var random = new Random(fault);
            var run = _small.Copy(sound, "run");
            string file = files[fault % files.Length], verb = Verbs[random.Next(Verbs.Length)];
            string damage = Damage(Path.Combine(run.Path, file), random);
            var result = Run(verb, run);

            refused += result.Code;
            // A run that has no evaluation is reported without one.
            bool isLess = verb == "report" && damage == "deleted" && file != "metrics.jsonl";
            if (Problem(result, right[verb], verb) is { } problem && !(isLess && result.Code == 0)) problems.Add($"fault {fault}, {verb} with {file} {damage}: {problem}");
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
        Assert.InRange(refused, faults / 10, faults - (faults / 10));
    }

    private static string? Problem(TrainerRun result, TrainerRun right, string verb)
    {
        if (result.Code is not (0 or 1)) return $"exit code {result.Code}: {result.Errors}";
        if (result.Errors.Contains("A fault of the program", StringComparison.Ordinal)) return result.Errors;
        if (result.Code == 1) return result.Sentences is [var sentence] && sentence.EndsWith('.') ? null : $"no one sentence: {result.Errors}";
        // A run that goes on mends what it can, and a report is without a line that can't be read; both say so.
        bool isSaid = result.Errors.Contains(" WRN ", StringComparison.Ordinal);
        return verb is "resume" || result.Output == right.Output || isSaid ? null : "another output without a word";
    }

    private TrainerRun Run(string verb, RunFolder run)
    {
        string output = _small["output.csv"], exported = _small["exported"], report = _small["report.html"];
        foreach (string old in new[] { output, report }) File.Delete(old);
        if (Directory.Exists(exported)) Directory.Delete(exported, recursive: true);
        var outcome = verb switch
        {
            "evaluate" => TrainerRun.Of("evaluate", "--run", run.Path),
            "degrade" => TrainerRun.Of("evaluate", "--run", run.Path, "--remove", "text", "--share", "0.5"),
            "recommend" => TrainerRun.Of("recommend", "--run", run.Path, "--out", output),
            "export" => TrainerRun.Of("export", "--run", run.Path, "--out", exported),
            "report" => TrainerRun.Of("report", "--runs", run.Path, "--out", report),
            "compare" => TrainerRun.Of("compare", "--runs", run.Path, run.Path),
            _ => TrainerRun.Of("finetune", "--out", run.Path, "--resume"),
        };
        return outcome with
        {
            Output = verb switch
            {
                "evaluate" => Read(run.EvaluationOf("test", masked: false).Evaluation),
                "degrade" => Read(run.Robustness),
                "recommend" => Read(output),
                "export" => Read(Path.Combine(exported, "items.safetensors")),
                "report" => Settings().Replace(Read(report), ""), // shown as they stand in the file
                _ => outcome.Output,
            },
        };

        static string Read(string path) => File.Exists(path) ? Encoding.Latin1.GetString(File.ReadAllBytes(path)) : "";
    }

    /// <returns>What was done, in words.</returns>
    private static string Damage(string path, Random random)
    {
        byte[] content = File.ReadAllBytes(path);
        bool isText = !path.EndsWith(".safetensors", StringComparison.Ordinal);
        string text = Encoding.UTF8.GetString(content);
        switch (random.Next(isText ? 13 : 5))
        {
            case 0: return Write([], "emptied");
            case 1: return Write(content[..random.Next(content.Length)], "cut off");
            case 2:
                File.Delete(path);
                return "deleted";
            case 3:
                File.Delete(path);
                Directory.CreateDirectory(path);
                return "replaced by a folder";
            case 4 or 5:
                for (int flips = random.Next(3); flips >= 0; flips--) content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
                return Write(content, "with flipped bits");
            case 6: return WriteText(new[] { "{}", "[]", "null", "\"\"", "1e999" }[random.Next(5)], "of another type");
            case 7: return WriteText(One(Number(), "99999999999999999999"), "with a huge number");
            case 8: return WriteText(One(Number(), new[] { "\"x\"", "null", "[1]", "-1", "1e999", "{}" }[random.Next(6)]), "with a value of another type");
            case 9: return WriteText(One(Word(), "\\ud800"), "with half a surrogate pair");
            case 10:
                int at = random.Next(content.Length + 1);
                return Write([.. content[..at], 0xFF, 0xC0, .. content[at..]], "with invalid UTF-8");
            case 11: return WriteText(One(Word(), "null"), "with another word");
            default:
                string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                return WriteText(string.Concat(lines.Take(random.Next(lines.Length)).Select(line => line + "\n")), "cut off at a line's end");
        }

        string One(Regex pattern, string replacement)
        {
            var matches = pattern.Matches(text);
            if (matches.Count == 0) return text + replacement;
            var match = matches[random.Next(matches.Count)];
            return text[..match.Index] + replacement + text[(match.Index + match.Length)..];
        }

        string WriteText(string damaged, string how) => Write(Encoding.UTF8.GetBytes(damaged), how);

        string Write(byte[] damaged, string how)
        {
            File.WriteAllBytes(path, damaged);
            return how;
        }
    }

    [GeneratedRegex(@"-?\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"[A-Za-z]+")]
    private static partial Regex Word();

    [GeneratedRegex(@"<h2>Settings</h2>.*", RegexOptions.Singleline)]
    private static partial Regex Settings();
}
