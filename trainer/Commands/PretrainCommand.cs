using System.CommandLine;
using UniM2Rec.Trainer.Configuration;
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
    public static Command Create()
    {
        var options = new RunOptions();
        var domains = new Option<string?>("--domains") { Description = "Source domains, separated by commas; all of the catalogue if not given." };
        var command = new Verb("pretrain",
            "Pre-train on the mixed behaviour flow of source domains.",
            "pretrain --dataset market --features features --domains home,office --out runs/pretrained");
        options.AddTo(command);
        command.Options.Add(domains);
        return command.Does(
            (parsed, context) =>
            {
                string[] more = parsed.GetValue(domains) is { } list ? [$"data.flow={list}", $"data.targets={list}"] : [];
                var config = options.Resolve(parsed, Defaults, more);
                return options.Train(parsed, config, pretrained: null, context);
            }, RunOptions.WhenStopped);
    }
}
