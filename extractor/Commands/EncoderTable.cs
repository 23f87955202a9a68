using Spectre.Console;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;
using UniM2Rec.Models.Graphs;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Commands;

/// <summary>A table of encoders; one that can't be used gets a row that says why.</summary>
internal static class EncoderTable
{
    public static Table Create()
    {
        var table = new Table();
        foreach (var column in new[] { "encoder", "modality", "inputs", "output", "width", "precision", "fingerprint", "state" })
            table.AddColumn(column);
        return table;
    }

    /// <summary>Opens an encoder's session and adds a row.</summary>
    /// <returns>Whether it can be used.</returns>
    public static bool Add(Table table, string folder, CancellationToken cancellation)
    {
        try
        {
            var pack = EncoderPack.Open(folder);
            using var session = EncoderSession.Open(pack, new SessionSettings { Spinning = false });
            TextTokenizers.Open(pack);
            table.AddRow(new[]
            {
                pack.Config.Name, pack.ModalityName, string.Join(", ", session.Inputs.Select(i => $"{i.Name} {i.Type}")), session.OutputName, $"{session.Width}", ModelWeights.Scan(pack.ModelPath).Precision,
                pack.Fingerprint(cancellation)[..12], "loads",
            }.Select(Markup.Escape).ToArray());
            return true;
        }
        catch (UserErrorException unusable)
        {
            table.AddRow(Markup.Escape(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))), "", "", "", "", "", "", Markup.Escape(unusable.Message));
            return false;
        }
    }
}
