using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Exporting;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>A run for programs without Torch.</summary>
public sealed partial class Session
{
    /// <summary>Writes the recommender as a folder that the service answers from, whole or not at all (docs/FORMAT.md, section 4).</summary>
    /// <param name="folder">Where it goes.</param>
    /// <param name="settings">What is written beside what every export has.</param>
    /// <param name="overwrite">Whether an export that is there is replaced.</param>
    /// <returns>What the export says of itself.</returns>
    /// <exception cref="UserErrorException">Something else is there, the model does not say how it is exported, or a file can't be written.</exception>
    public RecommenderManifest Export(string folder, ExportSettings settings, bool overwrite = false)
    {
        RequireExportable(folder, overwrite);
        using var staged = new StagedFolder(folder);
        using var scope = NewDisposeScope();
        // Every item of the store may be asked with; those of domains outside the flow are known by their features, as in a history that recommend is given.
        int[] all = [.. Enumerable.Range(0, Data.Store.ItemCount)];
        Admit(all.Except(Data.FlowRows));
        Model.eval();
        using var catalogue = EncodedCatalogue.Encode(Model, Features, Data.Candidates, all, Config.JoinsContent);
        var present = _present ??= RunData.Of(Data);
        var export = new RecommenderExport(Model, Data, catalogue);
        var network = export.WriteNetwork(staged.Path, Config.Data.Dataset, settings);
        var collaborative = CollaborativeScorer() is { } scorer && Model.ScoreCombination is { } head ? export.WriteCollaborative(staged.Path, scorer, head) : default;
        if (settings.Histories) export.WriteHistories(staged.Path);
        _context.Cancellation.ThrowIfCancellationRequested();

        var manifest = new RecommenderManifest(
            RecommenderManifest.FormatName,
            RecommenderManifest.VersionOf(collaborative.Combination),
            Config.Model.Kind,
            ModelRegistry.Find(Config.Model.Kind).Title,
            Path.GetFileName(Run.Path),
            new ExportFingerprints(ExportedFile.Of(Run.Best).Sha256, present.Catalogue, present.Interactions, Features.Fingerprint),
            [.. Data.Store.Domains.Select(domain => domain.Name)],
            catalogue.Rows.Length,
            catalogue.CandidateCount,
            Config.Data.MaxLength)
        {
            Network = network?.Network,
            Combination = collaborative.Combination,
            Tensors = new[] { network?.Tensors, collaborative.Tensors }.OfType<IReadOnlyDictionary<string, string>>().SelectMany(t => t).ToDictionary(),
            Files = Directory.GetFiles(staged.Path).Order(StringComparer.Ordinal).ToDictionary(file => Path.GetFileName(file), ExportedFile.Of),
        };
        manifest.Save(staged.Path);
        staged.Publish();
        return manifest;
    }

    /// <summary>Refuses a place where an export would take something else's.</summary>
    /// <exception cref="UserErrorException">There is a file, another folder, or an export that is not to be replaced.</exception>
    public static void RequireExportable(string folder, bool overwrite)
    {
        if (folder.Length == 0 || folder.Contains('\0'))
            throw UserErrorException.Usage($"The path of the exported recommender is {(folder.Length == 0 ? "empty" : "a text with a character of value 0")}; give the path of a folder.");
        var kind = FileKinds.Of(folder);
        if (kind == FileKind.Missing) return;
        if (kind != FileKind.Folder) throw new UserErrorException($"'{folder}' is {FileKinds.NameOf(kind)}, but an exported recommender is a folder; give another --out.");
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) return;
        if (!RecommenderManifest.IsIn(folder)) throw new UserErrorException($"The folder {folder} exists and holds no exported recommender; give another --out.");
        if (!overwrite) throw new UserErrorException($"The folder {folder} holds an exported recommender already; give another --out, or --overwrite to replace it.");
        foreach (string other in Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)!))
        {
            if (!ExportLayout.IsName(other))
                throw new UserErrorException($"The folder {folder} holds an exported recommender, but also '{Excerpt.Of(other)}', which replacing it would delete; move that elsewhere, or give another --out.");
        }
    }
}
