using System.Text;
using System.Text.Json;

namespace UniM2Rec.Exported;

/// <summary>What an exported recommender is; the record of <see cref="ExportLayout.Manifest"/>.</summary>
/// <param name="Format">Always <see cref="FormatName"/>.</param>
/// <param name="Version">The format's version.</param>
/// <param name="Model">model.kind.</param>
/// <param name="Title">The model's name as its paper writes it.</param>
/// <param name="Run">Name of the run's folder.</param>
/// <param name="Fingerprints">What it was made from.</param>
/// <param name="Domains">Domains of the items.</param>
/// <param name="Items">Items that histories may hold.</param>
/// <param name="Candidates">Of these, the first ones, that are recommended.</param>
/// <param name="MaxLength">Events that the user side of the network reads, the newest ones.</param>
public sealed record RecommenderManifest(
    string Format, int Version, string Model, string Title, string Run, ExportFingerprints Fingerprints, IReadOnlyList<string> Domains, int Items, int Candidates, int MaxLength)
{
    /// <summary>Value of <see cref="Format"/>.</summary>
    public const string FormatName = "unim2rec-recommender";

    /// <summary>The newest version. Each before it is read.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The version that readers need for a combination: those of before the second would take no notice of <see cref="ExportedCombination.Own"/>.</summary>
    public static int VersionOf(ExportedCombination? combination) => combination is null or { Own: 0 } ? 1 : 2;

    /// <summary>The network, or null where there is none.</summary>
    public ExportedNetwork? Network { get; init; }

    /// <summary>How the network's score is joined with the others, or null where it stands alone.</summary>
    public ExportedCombination? Combination { get; init; }

    /// <summary>By name: what each tensor is.</summary>
    public IReadOnlyDictionary<string, string> Tensors { get; init; } = new Dictionary<string, string>();

    /// <summary>By name: the files beside this one.</summary>
    public IReadOnlyDictionary<string, ExportedFile> Files { get; init; } = new Dictionary<string, ExportedFile>();

    /// <summary>Writes the record into a folder.</summary>
    public void Save(string folder) => AtomicFile.WriteText(Path.Combine(folder, ExportLayout.Manifest), KeptJson.SerializeWithChecksum(this));

    /// <summary>Whether a folder says of itself that it holds an exported recommender, whole or damaged.</summary>
    public static bool IsIn(string folder)
    {
        string path = Path.Combine(folder, ExportLayout.Manifest);
        if (FileKinds.Of(path) != FileKind.Regular) return false;
        try
        {
            return Encoding.UTF8.GetString(RegularFile.ReadBytes(path, WhatItIs, JsonFile.Most)).Contains($"\"{FormatName}\"", StringComparison.Ordinal);
        }
        catch (UserErrorException)
        {
            return false;
        }
    }

    /// <summary>Reads the record of a folder.</summary>
    /// <exception cref="UserErrorException">There is none, it can't be read, or it is of a version that is not known here.</exception>
    public static RecommenderManifest Load(string folder)
    {
        string path = Path.Combine(folder, ExportLayout.Manifest);
        if (FileKinds.Of(path) == FileKind.Missing)
            throw new UserErrorException($"The folder {folder} holds no exported recommender (there is no {ExportLayout.Manifest} in it); give the --out folder of unim2rec-train export.");
        try
        {
            var manifest = KeptJson.Read<RecommenderManifest>(path, WhatItIs);
            if (manifest.Format != FormatName) throw new JsonException($"its format is '{Excerpt.Of(manifest.Format)}', not '{FormatName}'");
            if (manifest.Version is < 1 or > CurrentVersion)
                throw new UserErrorException($"{path} is of version {manifest.Version}, but this program reads versions 1 to {CurrentVersion}; export the run again with unim2rec-train of the same version as this program.");
            manifest.Check();
            return manifest;
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"{path} can't be read ({error.Message.TrimEnd('.')}); export the run again (unim2rec-train export).", error);
        }
    }

    /// <summary>Compares every file of the export with what this record says of it.</summary>
    /// <param name="folder">The export.</param>
    /// <param name="cancellation">Stops it between two files.</param>
    /// <exception cref="UserErrorException">One is missing, has another length, or is not as it was written.</exception>
    public void RequireWhole(string folder, CancellationToken cancellation)
    {
        foreach (var (name, said) in Files)
        {
            cancellation.ThrowIfCancellationRequested();
            string path = Path.Combine(folder, name);
            var found = ExportedFile.Of(path);
            if (found.Bytes != said.Bytes)
                throw new UserErrorException($"{path} has {found.Bytes:N0} bytes, but {ExportLayout.Manifest} says {said.Bytes:N0}; export the run again (unim2rec-train export --overwrite).");
            if (found.Sha256 != said.Sha256)
                throw new UserErrorException($"{path} has the SHA-256 {found.Sha256}, but {ExportLayout.Manifest} says {said.Sha256}; export the run again (unim2rec-train export --overwrite).");
        }
    }

    private const string WhatItIs = "what an exported recommender says of itself";

    private void Check()
    {
        if (Items < 1 || Candidates < 1 || Candidates > Items || MaxLength < 1)
            throw new JsonException($"it has {Items:N0} items, {Candidates:N0} candidates and a length of {MaxLength:N0}");
        if (Network is { Width: < 1 } or { Temperature: not > 0 } or { Modalities: < 0 }) throw new JsonException("its network has no width, no temperature or no modalities");
        if (Files.Keys.FirstOrDefault(name => !ExportLayout.IsData(name)) is { } unknown) throw new JsonException($"it names the file '{Excerpt.Of(unknown)}', which belongs to no export");
        foreach (string needed in ExportLayout.Needed(this))
        {
            if (!Files.ContainsKey(needed)) throw new JsonException($"it names no {needed}");
        }
    }
}
