using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Extractor.Commands;

/// <summary>The table that closes <c>import</c> and <c>synth</c>.</summary>
internal static class DomainTable
{
    public static void Print(IReadOnlyList<ImportedDomain> domains, string folder)
    {
        var table = new Table().AddColumn("domain");
        foreach (var column in new[] { "items", "users", "events", "events a user", "with text", "with picture" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var domain in domains)
        {
            var users = domain.Interactions.Rows.Select(row => row.User).Distinct().Count();
            var events = domain.Interactions.Rows.Count;
            table.AddRow(
                Markup.Escape(domain.Name), $"{domain.Items.Count:N0}", $"{users:N0}", $"{events:N0}", $"{(users == 0 ? 0 : (double)events / users):N2}",
                $"{domain.Items.Count(i => i.Text.Length + i.Description.Length > 0):N0}", $"{domain.Items.Count(i => i.Image.Length > 0):N0}");
        }

        var console = ResultConsole.Create();
        console.Write(table);
        console.WriteLine($"catalogue: {Path.GetFullPath(folder)}");
    }
}
