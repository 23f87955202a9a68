using System.Buffers;
using UniM2Rec.Catalogue;
using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;
using UniM2Rec.Models.Text;

namespace UniM2Rec.Extractor.Pipeline;

/// <summary>Encoders that are fitted on the catalogue's texts. A fit serves all of them, and stays until catalogue or text fields change.</summary>
public sealed class FittedPacks(Dataset dataset, string datasetFingerprint, string[] textFields, IProgressSink progress)
{
    private const string FittedOn = "fitted.json";
    private FittedTerms? _terms;

    /// <summary>Names of the encoders.</summary>
    public static IReadOnlyList<string> Names { get; } = [BuiltInPacks.FittedText, BuiltInPacks.FittedCross];

    /// <summary>Opens an encoder; it is fitted where it is missing or was fitted on something else.</summary>
    /// <exception cref="UserErrorException">The catalogue has too little text.</exception>
    public EncoderPack Open(string name, string folder, CancellationToken cancellation)
    {
        var record = Path.Combine(folder, FittedOn);
        var wanted = JsonConfig.Serialize(new FittingRecord { Dataset = datasetFingerprint, TextFields = textFields });
        if (File.Exists(record) && File.ReadAllText(record) == wanted && File.Exists(Path.Combine(folder, EncoderPack.ConfigFile)))
            return EncoderPack.Open(folder);
        Directory.CreateDirectory(folder);
        File.Delete(record);
        _terms ??= TextSvdFitter.Fit(Texts(cancellation), new TextSvdOptions(), progress, cancellation);
        var pack = name == BuiltInPacks.FittedText
            ? _terms.WriteTextEncoder(folder, name, cancellation)
            : _terms.WriteCrossEncoder(folder, name, cancellation);
        File.WriteAllText(record, wanted);
        return pack;
    }

    private IEnumerable<string> Texts(CancellationToken cancellation)
    {
        var text = new ItemText(textFields);
        var current = new ArrayBufferWriter<char>();
        using var silent = new RejectLog(csvPath: null);
        foreach (var domain in dataset.Domains)
        {
            using var items = dataset.OpenItems(domain, silent);
            while (items.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                current.ResetWrittenCount();
                text.Append(items, current);
                if (current.WrittenCount > 0)
                    yield return current.WrittenSpan.ToString();
            }
        }
    }
}
