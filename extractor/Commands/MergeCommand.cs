using System.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>merge</c>: shares of a run become one store.</summary>
internal static class MergeCommand
{
    private static readonly Option<string> Out = SharedOptions.Out("Folder of the whole store; new or empty.");
    private static readonly Argument<string[]> Parts = new("part") { Description = "Folders of all shares (made by run --partition i/n).", Arity = ArgumentArity.OneOrMore };

    public static Command Create() =>
        new ExtractCommand("merge", "Put the shares of a run together.", "merge --out features part1 part2 part3")
        {
            Out, Parts,
        }.Does((parsed, cancellation) =>
        {
            FeatureStoreMerger.Merge(parsed.GetRequiredValue(Parts), parsed.GetRequiredValue(Out), Progress.ForConsole(), cancellation);
            StoreTable.Print(parsed.GetRequiredValue(Out));
            return ExitCodes.Done;
        });
}
