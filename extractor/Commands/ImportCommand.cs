using System.CommandLine;

namespace UniM2Rec.Extractor.Commands;

/// <summary><c>import</c>: other people's forms become a catalogue.</summary>
internal static class ImportCommand
{
    public static Command Create() =>
        new ExtractCommand("import", "Turn a data set in another form into a catalogue.", "import unisrec --from Scientific --out scientific --features scientific-bert", "import recbole --from ml-1m --out ml-1m --k-core 5")
        {
            ImportUniSRecCommand.Create(),
            ImportRecBoleCommand.Create(),
            ImportAmazonCommand.Create(),
            ImportMovieLensCommand.Create(),
        };
}
