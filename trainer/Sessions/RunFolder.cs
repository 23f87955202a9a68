using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>The files of one run; every name comes from here.</summary>
public sealed class RunFolder
{
    /// <summary>Names the files of a run; nothing is read or written.</summary>
    /// <exception cref="UserErrorException">The text can't be a path.</exception>
    public RunFolder(string path)
    {
        if (path.Length == 0 || path.Contains('\0'))
            throw UserErrorException.Usage($"The path of the run folder is {(path.Length == 0 ? "empty" : "a text with a character of value 0")}; give the path of a folder.");
        Path = System.IO.Path.GetFullPath(path);
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>Where its files go; tests put failing storage here.</summary>
    public IStorage Storage { get; init; } = DiskStorage.Instance;

    /// <summary>Whether a run that is there is replaced once the new one begins.</summary>
    public bool Overwrites { get; private init; }

    /// <summary>The same folder with other storage.</summary>
    internal RunFolder With(IStorage storage) => new(Path) { Storage = storage, Overwrites = Overwrites };

    /// <summary>The resolved configuration.</summary>
    public string Config => In("config.json");

    /// <summary>Which data it was trained on.</summary>
    public string Data => In("data.json");

    /// <summary>The items that its weights know, in the order of their rows there.</summary>
    public string Items => In("items.csv");

    /// <summary>One line an epoch.</summary>
    public string Metrics => In("metrics.jsonl");

    /// <summary>The same for TensorBoard, which takes every file with "tfevents" in its name.</summary>
    public string Events => In("events.out.tfevents.unim2rec");

    /// <summary>Weights of the epoch with the best validation figure.</summary>
    public string Best => In("best.safetensors");

    /// <summary>Weights, moments and position of the newest step that was kept, from which a run resumes.</summary>
    public string Last => In("last.safetensors");

    /// <summary>The same of the step that was kept before.</summary>
    public string Former => In("last-but-one.safetensors");

    /// <summary>The same of a newer step, for the moment in which <see cref="Last"/> becomes <see cref="Former"/>.</summary>
    public string Newest => In("last-new.safetensors");

    /// <summary>EASE's matrix of the training events, so that it is computed once.</summary>
    public string Ease => In("ease.safetensors");

    /// <summary>Keeps it there.</summary>
    internal EaseCache EaseCache => new(Ease, Storage);

    /// <summary>What the run said.</summary>
    public string Log => In("train.log");

    /// <summary>Rows that were left out, with the reason.</summary>
    public string Rejects => In("rejects.csv");

    /// <summary>Figures with degraded features.</summary>
    public string Robustness => In("robustness.json");

    /// <summary>The report on this run and those beside it.</summary>
    public string Report => In("report.html");

    /// <summary>Held by the program that trains.</summary>
    public string Lock => In("run.lock");

    /// <summary>Lets this program alone write into the folder, until what is returned is disposed; a folder that was made for it and is empty goes then.</summary>
    /// <exception cref="UserErrorException">Another program trains there, or the folder can't be written to.</exception>
    public FolderLock Hold() =>
        FolderLock.Take(Lock, holder => $"The run {Path} is being trained by {holder}; wait until that has ended, stop it, or give another --out.");

    private const string Flows = "flows";

    /// <summary>Folder of a run of one flow, where the flow of this run is chosen from several.</summary>
    /// <param name="name">Of the flow.</param>
    public string FlowOf(string name) => System.IO.Path.Combine(Path, Flows, name);

    /// <summary>What the run is called where runs of other folders stand beside it: its folder's name, after that of the run that it is a flow of.</summary>
    public string Name => System.IO.Path.GetDirectoryName(Path) is { } above && System.IO.Path.GetFileName(above) == Flows && System.IO.Path.GetDirectoryName(above) is { } whole
        ? $"{System.IO.Path.GetFileName(whole)}/{System.IO.Path.GetFileName(Path)}"
        : System.IO.Path.GetFileName(Path);

    /// <summary>Where a run's first files are written, before it takes the place of what is there.</summary>
    public RunFolder Beginning => new(In("beginning")) { Storage = Storage };

    /// <summary>Whether a run was begun in it.</summary>
    public bool HasRun => FileKinds.Of(Config) != FileKind.Missing || RunBeginning.IsDecided(this);

    /// <summary>Figures and ranks of one way of evaluating; each has files of its own, so that none takes another's place.</summary>
    /// <param name="split">test or validation.</param>
    /// <param name="masked">Whether the users' own history was taken out of the rankings.</param>
    /// <param name="domains">The domains that were ranked, where they are not the run's own targets; null where they are.</param>
    public EvaluationFiles EvaluationOf(string split, bool masked, IReadOnlyList<string>? domains = null)
    {
        var (part, mask, of) = ($"-{split}", masked ? "-masked" : "", domains is null ? "" : Of + Short(string.Join('+', domains)));
        string options = (domains is null ? "" : $" --domain {string.Join(' ', domains)}") + (split == "test" ? "" : $" --split {split}") + (masked ? " --mask-history" : "");
        return new EvaluationFiles(
            System.IO.Path.GetFileName(Path), In($"evaluation{part}{mask}{of}.json"), In($"ranks{part}{mask}{of}.csv"), In($"baselines{part}{mask}{of}.safetensors"), $"unim2rec-train evaluate --run {Path}{options}");
    }

    /// <summary>What stands between the way of evaluating and other domains in a file's name.</summary>
    private const string Of = "-of-";

    /// <summary>A part of a file's name, which file systems let be of 255 bytes at most.</summary>
    private static string Short(string domains) =>
        System.Text.Encoding.UTF8.GetByteCount(domains) <= 150 ? domains : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(domains)))[..16];

    /// <summary>A folder that holds a finished or resumable run.</summary>
    /// <exception cref="UserErrorException">It is not there, or holds no run.</exception>
    public static RunFolder Open(string path)
    {
        var run = new RunFolder(path);
        if (!Directory.Exists(run.Path)) throw new UserErrorException($"The run folder {path} does not exist; give the --out folder of unim2rec-train pretrain or finetune.");
        RunBeginning.FinishIfDecided(run);
        if (!run.HasRun) throw new UserErrorException($"The folder {path} holds no run (there is no config.json in it); give the --out folder of unim2rec-train pretrain or finetune.");
        return run;
    }

    /// <summary>A folder for a new run; an earlier one in it is only continued, never overwritten unasked. Nothing is written yet.</summary>
    /// <exception cref="UserErrorException">There is a run in it already.</exception>
    public static RunFolder Create(string path, bool resume, bool overwrite)
    {
        var run = new RunFolder(path) { Overwrites = overwrite && !resume };
        if (!(resume && run.HasRun)) run.RequireFree();
        return run;
    }

    /// <summary>Refuses a folder in which a new run would take another's place unasked.</summary>
    /// <exception cref="UserErrorException">There is a run, or what is left of one.</exception>
    public void RequireFree()
    {
        if (Overwrites) return;
        if (HasRun)
            throw new UserErrorException($"The folder {Path} already holds a run; give another --out, or --resume to continue it, or --overwrite to replace it.");
        if (Checkpoints.Append(Best).Append(Metrics).FirstOrDefault(file => FileKinds.Of(file) != FileKind.Missing) is { } left)
            throw new UserErrorException($"The folder {Path} holds {System.IO.Path.GetFileName(left)} of a run, but no config.json; bring that back and give --resume, or give another --out, or --overwrite to replace what is left.");
    }

    /// <summary>The run's configuration.</summary>
    /// <param name="asTyped">Whether the run was begun by a command, which refuses settings that the model does not read; a program of its own may set them.</param>
    /// <exception cref="UserErrorException">It can't be read.</exception>
    public RunConfig LoadConfig(bool asTyped = false)
    {
        try
        {
            var config = JsonConfig.LoadKept<RunConfig>(Config);
            if (asTyped) ModelRegistry.Check(config.Model);
            else ModelRegistry.Find(config.Model.Kind);
            if (config.Data.Dataset.Length == 0 || config.Data.Features.Length == 0) throw UserErrorException.Usage("it names no catalogue (data.dataset) or no features (data.features)");
            return config;
        }
        catch (UserErrorException error) when (error.IsUsage)
        {
            throw new UserErrorException($"The run {Path} has a configuration that can't be used: {error.Message.TrimEnd('.')}; bring its config.json back as training wrote it.", error);
        }
    }

    /// <summary>The checkpoints that a run may go on from, the newest first.</summary>
    internal IReadOnlyList<string> Checkpoints => [Newest, Last, Former];

    /// <summary>Everything that belongs to a run but its log and its lock.</summary>
    internal IReadOnlyList<string> Files => [Config, Data, Items, Metrics, Events, Best, .. Checkpoints, Ease, Rejects, .. Evaluations, .. FormerEvaluations, .. EvaluationsElsewhere, Robustness, Report];

    private IEnumerable<string> EvaluationsElsewhere => Directory.Exists(Path)
        ? Directory.EnumerateFiles(Path, $"evaluation*{Of}*.json").Concat(Directory.EnumerateFiles(Path, $"ranks*{Of}*.csv")).Concat(Directory.EnumerateFiles(Path, $"baselines*{Of}*.safetensors")).ToList()
        : [];

    /// <summary>The names that evaluations of the test split had before they said which split they are of.</summary>
    private IEnumerable<string> FormerEvaluations => [In("evaluation.json"), In("evaluation-masked.json"), In("ranks.csv"), In("ranks-masked.csv")];

    private IEnumerable<string> Evaluations =>
        from split in new[] { "test", "validation" }
        from masked in new[] { false, true }
        let files = EvaluationOf(split, masked)
        from file in new[] { files.Evaluation, files.Ranks, files.Baselines }
        select file;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
