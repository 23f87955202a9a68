using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary>
/// <c>pretrain</c>: contrastive pre-training on the mixed flow of source domains. Each user's last event is held out to choose the epoch.
/// </summary>
public static class PretrainCommand
{
    internal static RunConfig Defaults => new()
    {
        Data = new() { HoldOut = HoldOut.LastEvent },
        Objective = new() { Candidates = CandidateSet.InBatch, SequenceContrast = 1e-3, CrossDomainChance = 0.5 },
        Training = new() { Epochs = 10, Patience = 2, BatchTargets = 4096, ValidationUsers = 2000 },
    };

    /// <summary>The verb.</summary>
    /// <param name="ranks">The processes that train together; null for this one alone.</param>
    public static Command Create(ICommunicator? ranks = null)
    {
        var options = new RunOptions(Defaults, ranks);
        var domains = ListOption.Create("--domains", "Source domains (default: all of the catalogue).");
        domains.OfDatasetsDomains(options.Dataset);
        var command = new Verb("pretrain",
            "Pre-train on the mixed behaviour flow of source domains.",
            "pretrain --dataset market --features features --domains home,office --out runs/pretrained");
        options.AddTo(command);
        command.Options.Add(domains);
        return command.Does(
            (parsed, context, results) =>
            {
                if (options.IsJoining) return options.Join(parsed, context);
                string[] more = parsed.GetValue(domains) is { Length: > 0 } named && string.Join(',', named) is var list ? [$"data.flow={list}", $"data.targets={list}"] : [];
                var config = options.Resolve(parsed, Defaults, more);
                int code = options.Train(parsed, config, pretrained: null, context, results);
                string target = Dataset.Open(config.Data.Dataset).Domains.Except(config.Data.Flow).FirstOrDefault() ?? "DOMAIN";
                VerbContext.Next("unim2rec-train", "finetune", "--dataset", Path.GetRelativePath(Environment.CurrentDirectory, config.Data.Dataset), "--features", Path.GetRelativePath(Environment.CurrentDirectory, config.Data.Features), "--domain", target, "--from", options.Folder(parsed), "--out", $"runs/{target}");
                return code;
            }, RunOptions.WhenStopped);
    }
}
