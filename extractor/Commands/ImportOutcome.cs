using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Commands;

/// <summary>How an import ends when rows were rejected.</summary>
internal static class ImportOutcome
{
    public static int ExitCode(RejectLog rejects, string folder)
    {
        if (rejects.Rejected == 0)
            return ExitCodes.Done;
        Console.Error.WriteLine($"{rejects.Rejected:N0} of {rejects.Accepted + rejects.Rejected:N0} rows were rejected; they are listed in {Path.Combine(folder, "rejects.csv")}");
        return ExitCodes.DoneWithSkippedItems;
    }
}
