using System.CommandLine;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Reporting;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary><c>compare</c>: several evaluated runs side by side, the differences of each pair, and which of them is better.</summary>
public static class CompareCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var runs = ListOption.Create("--runs", "Evaluated run folders; RUN:BASELINE is a baseline that RUN was evaluated beside (ease, item-knn, transitions, content, popularity).", required: true);
        var seeds = new Option<bool>("--seeds") { Description = "Runs whose folders' names differ in a last number alone (garden-1, garden-2) are one variant, trained with several seeds." };
        var split = SplitOption.Create("Which evaluations: of the test or the validation split.");
        var mask = new Option<bool>("--mask-history") { Description = "Which evaluations: those of evaluate --mask-history." };
        var command = new Verb("compare",
            "Show evaluated runs side by side, the difference of each pair with its 95% interval and p-values (paired bootstrap and Wilcoxon's signed ranks, Holm-corrected over the pairs), and say which is better. Evaluations that were not made alike are refused.",
            "compare --runs runs/garden runs/scratch",
            "compare --runs runs/garden runs/garden:ease",
            "compare --runs runs/garden-1 runs/garden-2 runs/scratch-1 runs/scratch-2 --seeds")
        {
            runs, seeds, split, mask,
        };
        return command.Does((parsed, context, results) =>
        {
            var (part, masked) = (parsed.GetRequiredValue(split), parsed.GetValue(mask));
            var named = parsed.GetRequiredValue(runs).Select(ComparedRun.Parse).ToList();
            var variants = parsed.GetValue(seeds) ? SeedVariants.Of(named) : Variant.Apart(named.Select(n => n.Name));
            var comparable = ComparableRuns.Open(named.ConvertAll(n => n.Run.EvaluationOf(part, masked) with { Name = n.Name, Baseline = n.Baseline }));
            if (comparable.LeftOut > 0) context.Log.Warning("{Users:N0} users, whom not all of the runs rank for, are left out", comparable.LeftOut);
            ComparisonTable.Print(results, new Comparison(comparable, variants));
            if (named.Any(n => n.Baseline is null)) VerbContext.Next(["unim2rec-train", "report", "--runs", .. parsed.GetRequiredValue(runs)]);
            return ExitCodes.Done;
        });
    }
}
