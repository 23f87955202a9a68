using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Session;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>finetune</c>: training on a target domain against its whole catalogue, from a pre-trained run or from scratch.</summary>
public static class FinetuneCommand
{
    public static Command Create()
    {
        var options = new RunOptions();
        var domain = new Option<string?>("--domain") { Description = "The target domain; may be left out where the catalogue has one." };
        var from = new Option<string?>("--from") { Description = "Run folder to start from; from scratch if not given." };
        var flow = new Option<string?>("--flow") { Description = "Domains whose events form the history, separated by commas; all of the catalogue if not given." };
        var transductive = new Option<bool>("--transductive") { Description = "Add an embedding of each item's id (model.ids=true)." };
        var command = new Command("finetune",
            "Train on a target domain, from a pre-trained run or from scratch.\n\nExamples:\n  unim2rec-train finetune --dataset market --features features --domain garden --from runs/pretrained --out runs/garden\n  unim2rec-train finetune --dataset market --features features --domain garden --transductive --out runs/scratch");
        options.AddTo(command);
        foreach (var option in new Option[] { domain, from, flow, transductive }) command.Options.Add(option);
        return command.Runs(
            parsed => new RunFolder(options.Out(parsed)).Log,
            (parsed, context) =>
            {
                var pretrained = parsed.GetValue(from) is { } path && !options.Continues(parsed) ? RunFolder.Open(path) : null; // A run that goes on has its own weights.
                var more = new List<string>();
                if (parsed.GetValue(domain) is { } target) more.Add($"data.targets={target}");
                if (parsed.GetValue(flow) is { } domains) more.Add($"data.flow={domains}");
                if (parsed.GetValue(transductive)) more.Add("model.ids=true");
                var config = options.Resolve(parsed, Defaults(pretrained), more);
                RequireTarget(config);
                if (pretrained is not null) WarnOfSeenTargets(pretrained, config, context);
                var run = RunFolder.Create(options.Out(parsed), options.Resume(parsed), options.Overwrite(parsed));
                return TrainingRun.Execute(config, run, pretrained, context);
            });
    }

    /// <summary>A fine-tuned model has the network, the catalogue and the features of the run that it starts from.</summary>
    private static RunConfig Defaults(RunFolder? pretrained)
    {
        if (pretrained is null) return new RunConfig();
        var source = JsonConfig.Load<RunConfig>(pretrained.Config, []);
        return new RunConfig
        {
            Data = source.Data with { Flow = [], Targets = [], HoldOut = HoldOut.Targets },
            Model = source.Model,
        };
    }

    private static void WarnOfSeenTargets(RunFolder pretrained, RunConfig config, CommandContext context)
    {
        var targets = config.Data.Targets.Count > 0 ? config.Data.Targets : Dataset.Open(config.Data.Dataset).Domains;
        var seen = SeenTargets.Of(JsonConfig.Load<RunConfig>(pretrained.Config, []).Data, targets);
        if (seen.Count == 0) return;
        context.Log.Warning(
            "{Run:l} was pre-trained on {Domains:l} too, with the events that this run is validated and tested on, so its figures will be too high; pre-train on other domains (pretrain --domains) to measure.",
            pretrained.Path, string.Join(", ", seen));
    }

    private static void RequireTarget(RunConfig config)
    {
        if (config.Data.Targets.Count > 0) return;
        var domains = Dataset.Open(config.Data.Dataset).Domains;
        if (domains.Count > 1)
            throw new UserErrorException($"No target domain was named, but {config.Data.Dataset} has {domains.Count} domains; give --domain, one of {string.Join(", ", domains)}.");
    }
}

/// <summary>
/// Which target domains a run to start from has already been trained on with other events held out than those that the run that starts from it
/// is validated and tested with: <c>pretrain</c> holds out each user's last event of all, and over several target domains each user's last two.
/// </summary>
internal static class SeenTargets
{
    /// <param name="source">What the run to start from was trained on.</param>
    /// <param name="targets">Target domains of the run that starts from it.</param>
    public static IReadOnlyList<string> Of(DataConfig source, IReadOnlyList<string> targets)
    {
        var seen = source.Targets.Count > 0 ? source.Targets : source.Flow; // neither: all domains
        if (source.HoldOut == HoldOut.Targets && seen.ToHashSet().SetEquals(targets)) return [];
        return targets.Where(t => seen.Count == 0 || seen.Contains(t)).ToList();
    }
}
