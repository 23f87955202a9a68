using UniM2Rec.Catalogue;
using UniM2Rec.CommandLine;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Extending;

[Collection("console")]
public class ExtendingTests
{
    [Fact]
    public void The_document_shows_the_importer_that_is_tested_here() => DocumentedCode.RequireSame("tests/Extractor.Tests/Extending/ListeningImporter.cs");

    [Fact]
    public async Task An_importer_of_another_assembly_is_a_verb_and_its_bad_lines_are_listed()
    {
        using var folder = new TemporaryFolder();
        string plays = folder.Write("plays.tsv", string.Concat(Enumerable.Range(0, 60).Select(i => $"u{i % 5}\t{1000 + i}\tBand\tSong {i % 7}\n")) + "no such line\n");

        var (code, output, errors) = await ProgramRun.Of("import", "listening", "--from", plays, "--out", folder["music"], "--max-reject-rate", "0.1");

        Assert.Equal(ExitCodes.DoneWithSkippedItems, code);
        Assert.Contains("1 of 61 rows were rejected", errors, StringComparison.Ordinal);
        var dataset = Dataset.Open(folder["music"]);
        using var rejects = new RejectLog(null);
        Assert.Equal(7, dataset.ReadItems("tracks", rejects).Count());
        Assert.Contains("60", output, StringComparison.Ordinal);
    }
}
