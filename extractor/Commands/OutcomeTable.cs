using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Extractor.Commands;

/// <summary>The table that closes <c>run</c>.</summary>
internal static class OutcomeTable
{
    public static void Print(IReadOnlyList<ModalityOutcome> outcomes, string folder)
    {
        var table = new Table().AddColumn("modality").AddColumn("encoder");
        foreach (var column in new[] { "items", "kept", "present", "missing", "failed", "items/s", "padding", "seconds", "in session", "KiB/item" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var o in outcomes)
        {
            table.AddRow(
                Markup.Escape(o.Name), Markup.Escape(o.Encoder), $"{o.Rows:N0}", $"{o.Kept:N0}", $"{o.Present:N0}", $"{o.Missing:N0}", $"{o.Failed:N0}",
                o.Rows == 0 ? "-" : $"{o.Rows / Math.Max(o.Seconds, 1e-9):N0}", double.IsNaN(o.PadRatio) ? "-" : $"{o.PadRatio:P1}", $"{o.Seconds:N1}", $"{o.SecondsInSession:N1}",
                $"{o.AllocatedBytesPerItem / 1024:N1}");
        }

        var console = ResultConsole.Create();
        console.Write(table);
        console.WriteLine($"features: {Path.GetFullPath(folder)} (peak memory {System.Diagnostics.Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MiB)");
    }
}
