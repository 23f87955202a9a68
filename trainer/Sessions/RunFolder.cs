using System.Text.Json;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The files of one run; every name comes from here.</summary>
public sealed class RunFolder
{
    /// <summary>Names the files of a run; nothing is read or written.</summary>
    public RunFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>The resolved configuration.</summary>
    public string Config => In("config.json");

    /// <summary>Which data it was trained on.</summary>
    public string Data => In("data.json");

    /// <summary>The items that its weights know, in the order of their rows there.</summary>
    public string Items => In("items.csv");

    /// <summary>One line an epoch.</summary>
    public string Metrics => In("metrics.jsonl");

    /// <summary>Weights of the epoch with the best validation figure.</summary>
    public string Best => In("best.safetensors");

    /// <summary>Weights, moments and position of the newest step that was kept, from which a run resumes.</summary>
    public string Last => In("last.safetensors");

    /// <summary>What the run said.</summary>
    public string Log => In("train.log");

    /// <summary>Rows that were left out, with the reason.</summary>
    public string Rejects => In("rejects.csv");

    /// <summary>Figures with degraded features.</summary>
    public string Robustness => In("robustness.json");

    /// <summary>The report on this run and those beside it.</summary>
    public string Report => In("report.html");

    /// <summary>Figures and ranks of one way of evaluating; each has files of its own, so that none takes another's place.</summary>
    /// <param name="split">test or validation.</param>
    /// <param name="masked">Whether the users' own history was taken out of the rankings.</param>
    public EvaluationFiles EvaluationOf(string split, bool masked)
    {
        var (part, mask) = (split == "test" ? "" : $"-{split}", masked ? "-masked" : "");
        string options = (split == "test" ? "" : $" --split {split}") + (masked ? " --mask-history" : "");
        return new EvaluationFiles(
            System.IO.Path.GetFileName(Path), In($"evaluation{part}{mask}.json"), In($"ranks{part}{mask}.csv"), $"unim2rec-train evaluate --run {Path}{options}");
    }

    /// <summary>Whether a run was begun in it and kept a step to go on from.</summary>
    public bool CanResume => File.Exists(Config) && File.Exists(Last);

    /// <summary>A folder that holds a finished or resumable run.</summary>
    /// <exception cref="UserErrorException">It is not there, or holds no run.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(path);
        if (!Directory.Exists(run.Path)) throw new UserErrorException($"The run folder {path} does not exist; give the --out folder of unim2rec-train pretrain or finetune.");
        if (!File.Exists(run.Config)) throw new UserErrorException($"The folder {path} holds no run (there is no config.json in it); give the --out folder of unim2rec-train pretrain or finetune.");
        return run;
    }

    /// <summary>A folder for a new run; an earlier one in it is only continued, never overwritten unasked.</summary>
    /// <exception cref="UserErrorException">There is a run in it already.</exception>
    public static RunFolder Create(string path, bool resume, bool overwrite)
    {
        var run = new RunFolder(path);
        if (File.Exists(run.Config) && !resume && !overwrite)
            throw new UserErrorException($"The folder {path} already holds a run; give another --out, or --resume to continue it, or --overwrite to replace it.");
        if (overwrite && !resume)
        {
            foreach (string file in (string[])[run.Config, run.Data, run.Items, run.Metrics, run.Best, run.Last, .. run.Evaluations, run.Robustness, run.Report]) File.Delete(file);
        }

        Directory.CreateDirectory(run.Path);
        return run;
    }

    /// <summary>Adds one line to <see cref="Metrics"/>.</summary>
    public void AppendMetrics(object line) =>
        File.AppendAllText(Metrics, JsonSerializer.Serialize(line, JsonSerializerOptions.Web) + "\n");

    private IEnumerable<string> Evaluations =>
        from split in new[] { "test", "validation" }
        from masked in new[] { false, true }
        let files = EvaluationOf(split, masked)
        from file in new[] { files.Evaluation, files.Ranks }
        select file;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
