using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary>The options of pretrain and finetune that say what to read and how to train; each overrides a key of the configuration.</summary>
public sealed class RunOptions
{
    private readonly ICommunicator _ranks;

    /// <param name="defaults">What the verb starts from, which the help tells.</param>
    /// <param name="ranks">The processes that train together; null for this one alone.</param>
    public RunOptions(RunConfig defaults, ICommunicator? ranks)
    {
        _ranks = ranks ?? SingleProcess.Instance;
        var training = defaults.Training;
        _epochs = WholeNumber.Optional("--epochs", $"Epochs at most (default: {training.Epochs}).");
        _seed = WholeNumber.Optional("--seed", $"The same seed gives the same result (default: {training.Seed}).");
        _threads = WholeNumber.Optional("--threads", $"Processor threads; 0 = one a core (default: {training.Threads}).");
        _preset.CompletionSources.Add([.. Presets.Names]);
    }

    private readonly Option<string?> _dataset = new("--dataset") { Description = "Folder of the catalogue (holds dataset.json)." };
    private readonly Option<string?> _features = new("--features") { Description = "Folder of the feature store made from it." };
    private readonly Option<string> _out = new("--out") { Description = "Folder of the run.", Required = true };
    private readonly Option<string?> _config = new("--config") { Description = "JSON file with settings (docs/CONFIG.md)." };
    private readonly Option<string?> _preset = new("--preset") { Description = $"Settings that come with the program: {string.Join(", ", Presets.Names)} (default: unim2rec).", HelpName = "preset" };
    private readonly Option<string[]> _set = new("--set") { Description = "One setting, as key=value; may be given often.", AllowMultipleArgumentsPerToken = false };
    private readonly Option<int?> _epochs;
    private readonly Option<int?> _seed;
    private readonly Option<int?> _threads;
    private readonly Option<string?> _device = DeviceOption.Create();
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with the run that is in --out." };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace the run that is in --out." };

    private readonly Option<string?> _track = new("--track") { Description = "Folder of an MLflow file store that is told of the run as well (default: none)." };

    /// <summary>Gives a verb the options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _dataset, _features, _out, _config, _preset, _set, _epochs, _seed, _device, _threads, _resume, _overwrite, _track })
            command.Options.Add(option);
    }

    /// <summary>What is said of a training that the user stopped.</summary>
    public const string WhenStopped = "what was computed is kept, and the same command with --resume goes on from there";

    /// <summary>The same configuration on another device, if one is named.</summary>
    public static RunConfig OnDevice(RunConfig config, string? device) =>
        device is null ? config : config with { Training = config.Training with { Device = device } };

    /// <summary>Whether --out holds a run that is to go on from its newest checkpoint.</summary>
    /// <exception cref="UserErrorException">It is to go on, but its configuration is lost.</exception>
    public bool Continues(ParseResult parsed)
    {
        var run = Out(parsed);
        if (!parsed.GetValue(_resume)) return false;
        if (run.HasRun) return true;
        run.RequireFree();
        return false;
    }

    /// <summary>The catalogue.</summary>
    internal Option<string?> Dataset => _dataset;

    /// <summary>The run's folder, as it was typed.</summary>
    internal string Folder(ParseResult parsed) => parsed.GetRequiredValue(_out);

    /// <summary>Whether this process takes part in a training that another one, the first, begins.</summary>
    internal bool IsJoining => _ranks.Rank > 0;

    /// <summary>Takes part in the training that the first process begins, with its configuration.</summary>
    /// <returns>An exit code.</returns>
    internal int Join(ParseResult parsed, VerbContext context)
    {
        var config = JsonConfig.Parse<RunConfig>(_ranks.Broadcast(""));
        using var session = Session.Join(config, new RunFolder(parsed.GetRequiredValue(_out)), context.Work, _ranks);
        session.Train();
        return ExitCodes.Done;
    }

    /// <summary>Begins the run of --out or goes on with it.</summary>
    /// <returns>An exit code.</returns>
    public int Train(ParseResult parsed, RunConfig config, RunFolder? pretrained, VerbContext context, ResultWriter results)
    {
        bool resumes = Continues(parsed);
        string? track = parsed.GetValue(_track) is { } store ? FullPath("--track", store) : null;
        bool choosesFlow = !resumes && FlowChoice.IsAskedBy(config);
        if (choosesFlow && _ranks.Size > 1) throw UserErrorException.Usage($"--flow auto trains two runs, which {_ranks.Size} processes can't do together; name the flow, or start one process, without mpirun");
        var run = RunFolder.Create(parsed.GetRequiredValue(_out), parsed.GetValue(_resume), parsed.GetValue(_overwrite));
        if (choosesFlow)
        {
            var chosen = new FlowChoice(run, parsed.GetValue(_resume), context.Work) { Track = track }.Train(config, pretrained, () => context.LogTo(run.Log));
            results.Set("run", run.Path);
            results.Set("flow", chosen.Flow);
            results.Set("difference", chosen.Difference);
            return ExitCodes.Done;
        }

        _ranks.Broadcast(JsonConfig.Serialize(config));
        using var session = resumes ? Session.Resume(config, run, context.Work, _ranks) : Session.Create(config, run, context.Work, pretrained, _ranks);
        session.Track = track;
        var position = session.Train(() => context.LogTo(run.Log));
        results.Set("run", run.Path);
        results.Set("epochs", position.Epoch);
        results.Set("bestEpoch", position.BestEpoch + 1);
        results.Set("metric", config.Training.Watch);
        results.Set("validation", position.BestFigure);
        return ExitCodes.Done;
    }

    private static string FullPath(string option, string path) => path.Length > 0 && !path.Contains('\0')
        ? Path.GetFullPath(path)
        : throw UserErrorException.Usage($"{option} is {(path.Length == 0 ? "empty" : "a text with a character of value 0")}; give a folder's path.");

    private RunFolder Out(ParseResult parsed)
    {
        var run = new RunFolder(parsed.GetRequiredValue(_out));
        RunBeginning.FinishIfDecided(run);
        return run;
    }

    /// <summary>
    /// Defaults of the verb ← preset or file ← options ← --set, checked. A run that goes on has its own configuration, and what is given again
    /// must be the same.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="defaults">What the verb starts from.</param>
    /// <param name="more">Overrides from options of the verb's own.</param>
    /// <exception cref="UserErrorException">A key or value is wrong or contradicts the run that goes on, or --dataset or --features is missing.</exception>
    public RunConfig Resolve(ParseResult parsed, RunConfig defaults, IEnumerable<string> more)
    {
        if (parsed.GetValue(_config) is not null && parsed.GetValue(_preset) is not null)
            throw UserErrorException.Usage("Both --config and --preset were given; give one, and change single settings with --set.");
        string? file = parsed.GetValue(_preset) is { } preset ? Presets.PathOf(preset) : parsed.GetValue(_config);
        var overrides = new List<string>();
        Add("data.dataset", parsed.GetValue(_dataset) is { } dataset ? FullPath("--dataset", dataset) : null);
        Add("data.features", parsed.GetValue(_features) is { } features ? FullPath("--features", features) : null);
        Add("training.epochs", parsed.GetValue(_epochs));
        Add("training.seed", parsed.GetValue(_seed));
        Add("training.device", parsed.GetValue(_device));
        Add("training.threads", parsed.GetValue(_threads));
        overrides.AddRange(more);
        overrides.AddRange(parsed.GetValue(_set) ?? []);
        var config = Continues(parsed) ? ResumedConfig.Resolve(Out(parsed), file, overrides) : JsonConfig.Load(file, overrides, defaults);
        ModelRegistry.Check(config.Model);
        if (config.Data.Dataset.Length == 0) throw UserErrorException.Usage("No catalogue was named; give --dataset FOLDER, the folder that holds dataset.json.");
        if (config.Data.Features.Length == 0) throw UserErrorException.Usage("No features were named; give --features FOLDER, the --out of unim2rec-extract run.");
        return config;

        void Add(string key, object? value)
        {
            if (value is not null) overrides.Add(FormattableString.Invariant($"{key}={value}"));
        }
    }
}

/// <summary><c>--device</c>.</summary>
internal static class DeviceOption
{
    public static Option<string?> Create()
    {
        var device = new Option<string?>("--device") { Description = $"auto, cpu, cuda or cuda:n (default: {new TrainingConfig().Device}, or what the run was trained with).", HelpName = "device" };
        device.CompletionSources.Add("auto", "cpu", "cuda");
        return device;
    }
}
