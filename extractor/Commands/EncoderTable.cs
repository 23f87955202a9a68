using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Extractor.Pipeline;
using UniM2Rec.Features;
using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Commands;

/// <summary>A table of encoders; one that can't be used gets a row that says why.</summary>
internal static class EncoderTable
{
    private static readonly string[] Columns = ["encoder", "modality", "inputs", "output", "width", "precision", "fingerprint", "state"];

    /// <summary>An empty table; with a column for what a store has from each encoder where one is to be compared with.</summary>
    public static Table Create(bool withFeatures = false)
    {
        var table = new Table();
        foreach (var column in withFeatures ? Columns.Append("features") : Columns)
            table.AddColumn(column);
        return table;
    }

    /// <summary>Opens an encoder's session and adds a row.</summary>
    /// <returns>Whether it can be used.</returns>
    public static bool Add(Table table, string folder, CancellationToken cancellation, FeatureStore? store = null)
    {
        try
        {
            var pack = EncoderPack.Open(folder);
            using var session = EncoderSession.Open(pack, new SessionSettings { Spinning = false });
            TextTokenizers.Open(pack);
            string[] cells =
            [
                pack.Config.Name, pack.ModalityName, string.Join(", ", session.Inputs.Select(i => $"{i.Name} {i.Type}")), session.OutputName, $"{session.Width}", ModelWeights.Scan(pack.ModelPath).Precision,
                pack.Fingerprint(cancellation)[..12], "loads",
            ];
            table.AddRow([.. (store is null ? cells : cells.Append(FeatureFreshness.Of(pack, store, cancellation))).Select(Markup.Escape)]);
            return true;
        }
        catch (UserErrorException unusable)
        {
            table.AddRow(Markup.Escape(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))), "", "", "", "", "", "", Markup.Escape(unusable.Message));
            return false;
        }
    }
}
