using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>finetune</c>: training on a target domain against its whole catalogue, from a pre-trained run or from scratch.</summary>
public static class FinetuneCommand
{
    /// <summary>The verb.</summary>
    /// <param name="ranks">The processes that train together; null for this one alone.</param>
    public static Command Create(ICommunicator? ranks = null)
    {
        var options = new RunOptions(new RunConfig(), ranks);
        var domain = new Option<string?>("--domain") { Description = "The target domain; may be left out where the catalogue has one." };
        var from = new Option<string?>("--from") { Description = "Run folder to start from (default: none, so from scratch)." };
        var flow = ListOption.Create("--flow", "Domains whose events form the history (default: all of the catalogue); auto = the target's own or all, whichever validates better (trains both).");
        domain.OfDatasetsDomains(options.Dataset);
        flow.OfDatasetsDomains(options.Dataset);
        flow.CompletionSources.Add(FlowChoice.Auto);
        var transductive = new Option<bool>("--transductive") { Description = "Add an embedding of each item's id (model.ids=true)." };
        var command = new Verb("finetune",
            "Train on a target domain, from a pre-trained run or from scratch.",
            "finetune --dataset market --features features --domain garden --from runs/pretrained --out runs/garden",
            "finetune --dataset market --features features --domain garden --transductive --out runs/scratch",
            "finetune --dataset market --features features --domain garden --flow auto --out runs/chosen");
        options.AddTo(command);
        foreach (var option in new Option[] { domain, from, flow, transductive }) command.Options.Add(option);
        return command.Does(
            (parsed, context, results) =>
            {
                if (options.IsJoining) return options.Join(parsed, context);
                var pretrained = parsed.GetValue(from) is { } path && !options.Continues(parsed) ? RunFolder.Open(path) : null; // A run that goes on has its own weights.
                var more = new List<string>();
                if (parsed.GetValue(domain) is { } target) more.Add($"data.targets={target}");
                // A run that goes on has chosen its flow.
                if (parsed.GetValue(flow) is { Length: > 0 } domains && !(domains is [FlowChoice.Auto] && options.Continues(parsed))) more.Add($"data.flow={string.Join(',', domains)}");
                if (parsed.GetValue(transductive)) more.Add("model.ids=true");
                var config = options.Resolve(parsed, Defaults(pretrained), more);
                RequireTarget(config.Data.Dataset, config.Data.Targets.Count > 0);
                int code = options.Train(parsed, config, pretrained, context, results);
                VerbContext.Next("unim2rec-train", "evaluate", "--run", options.Folder(parsed));
                return code;
            }, RunOptions.WhenStopped);
    }

    /// <summary>A fine-tuned model has the network, the catalogue and the features of the run that it starts from.</summary>
    private static RunConfig Defaults(RunFolder? pretrained)
    {
        if (pretrained is null) return new RunConfig();
        var source = pretrained.LoadConfig();
        return new RunConfig
        {
            Data = source.Data with { Flow = [], Targets = [], HoldOut = HoldOut.Targets },
            Model = source.Model,
        };
    }

    /// <summary>Refuses to leave the target domain to a catalogue that has several.</summary>
    internal static void RequireTarget(string dataset, bool isNamed)
    {
        if (isNamed) return;
        var domains = Dataset.Open(dataset).Domains;
        if (domains.Count > 1)
            throw UserErrorException.Usage($"No target domain was named, but {dataset} has {domains.Count} domains; give --domain, one of {string.Join(", ", domains)}.");
    }
}
