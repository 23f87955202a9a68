using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Features;

/// <summary>The messages about feature stores.</summary>
internal static class StoreErrors
{
    private const string Rerun = "run the command that made the store again";

    // A run keeps shards by their names and lengths, so what is damaged inside has to go first.
    private const string MakeAgain = "delete that file and run the command that made the store again, which makes it alone again, or copy the file again";

    [DoesNotReturn]
    public static void MissingFolder(string folder) => throw new UserErrorException(
        $"the feature store '{folder}' does not exist; expected a folder that `unim2rec-extract run --out` made: check the path.");

    [DoesNotReturn]
    public static void MissingManifest(string folder) => throw new UserErrorException(
        $"the folder '{folder}' has no {StoreLayout.ManifestFile}; expected a feature store: make one with `unim2rec-extract run --out`.");

    [DoesNotReturn]
    public static void NotAStore(string path, string format) => throw new UserErrorException(
        $"'{path}' is not the manifest of a feature store; expected the format '{format}': check the path.");

    [DoesNotReturn]
    public static void DamagedManifest(string path, string problem, Exception? failure = null) => throw new UserErrorException(
        $"the manifest '{path}' is damaged ({problem.TrimEnd('.')}); expected what docs/FORMAT.md lists: copy it again, or delete that file and {Rerun}, which makes all of it again.", failure);

    [DoesNotReturn]
    public static void TooNew(string path, int needed, int known) => throw new UserErrorException(
        $"'{path}' needs a reader of version {needed} or later and this one is version {known}; use a newer program or make the store again.");

    [DoesNotReturn]
    public static void WrongSize(string path, long found, long expected) => throw new UserErrorException(
        $"'{path}' is {found} bytes long and the manifest says {expected}; the file was cut off or replaced: copy it again or {Rerun}.");

    [DoesNotReturn]
    public static void MissingFile(string path) => throw new UserErrorException(
        $"'{path}' does not exist and the manifest names it; expected the store's folder in full: copy it again or {Rerun}.");

    [DoesNotReturn]
    public static void ForeignFile(string path, string what, string found, string expected) => throw new UserErrorException(
        $"'{path}' has the {what} '{Excerpt.Of(found)}' and the manifest says '{Excerpt.Of(expected)}'; the file belongs to another store: {MakeAgain}.");

    [DoesNotReturn]
    public static void UnknownModality(string name, string folder, IReadOnlyList<string> known) => throw new UserErrorException(
        $"the feature store '{folder}' has no modality '{Excerpt.Of(name)}'{NearestName.Suggestion(name, known)}; it has: " +
        $"{(known.Count == 0 ? "none" : string.Join(", ", known))}; extract it with `unim2rec-extract run`.");

    [DoesNotReturn]
    public static void UnfinishedModality(string name, string folder, int done, int all) => throw new UserErrorException(
        $"modality '{name}' of the feature store '{folder}' has {done} of {all} shards; {Rerun} to finish it.");

    [DoesNotReturn]
    public static void IsPart(string folder, StorePartition part) => throw new UserErrorException(
        $"the feature store '{folder}' is part {part} of a run; expected a whole one: merge the parts with `unim2rec-extract merge`.");

    [DoesNotReturn]
    public static void OtherCatalogue(string folder, string what, string found, string expected, string advice) => throw new UserErrorException(
        $"the feature store '{folder}' was made for the {what} '{Excerpt.Of(found)}' and this run has '{Excerpt.Of(expected)}'; {advice}.");

    [DoesNotReturn]
    public static void ForeignFolder(string folder, IReadOnlyList<string> names) => throw new UserErrorException(
        $"the folder '{folder}' holds '{Excerpt.Of(names[0])}'{(names.Count > 1 ? $" and {names.Count - 1} more" : "")}, which no feature store made, so nothing was written into it; " +
        "choose a new or empty folder for the store.");

    [DoesNotReturn]
    public static void BadModalityName(string name) => throw new UserErrorException(
        $"'{Excerpt.Of(name)}' can't be the name of a modality; expected one or more of the characters a-z, 0-9 and _.");

    [DoesNotReturn]
    public static void BadVector(string modality, string encoder, int row, FeatureType type) => throw new UserErrorException(
        $"encoder '{Excerpt.Of(encoder)}' gave a vector for row {row} of modality '{modality}' that has a number which {type} can't hold; " +
        "expected finite numbers" + (type == FeatureType.Float16 ? " up to 65504: check the encoder, or store float32." : ": check the encoder."));

    [DoesNotReturn]
    public static void DuplicateItem(string domain, string itemId) => throw new UserErrorException(
        $"item '{Excerpt.Of(itemId)}' of domain '{Excerpt.Of(domain)}' is there twice; expected ids that are unique in their domain.");

    [DoesNotReturn]
    public static void IdsTooLong() => throw new UserErrorException(
        "the item ids take more than 2 GiB; expected less: split the catalogue or shorten its ids.");

    [DoesNotReturn]
    public static void NothingToMerge() => throw new UserErrorException(
        "no parts were named to merge; expected the folders of all parts of one run.");

    [DoesNotReturn]
    public static void NotAPart(string folder) => throw new UserErrorException(
        $"the feature store '{folder}' is no part of a run; expected one made with --partition i/n.");

    [DoesNotReturn]
    public static void PartsDiffer(string folder, string what, string found, string other, string expected) => throw new UserErrorException(
        $"part '{folder}' has the {what} '{Excerpt.Of(found)}' and part '{other}' has '{Excerpt.Of(expected)}'; expected parts of one run: make one of them again.");

    [DoesNotReturn]
    public static void SamePartTwice(StorePartition part, string first, string second) => throw new UserErrorException(
        $"part {part} is there twice, in '{first}' and in '{second}'; expected every part once: leave one out.");

    [DoesNotReturn]
    public static void OutputHoldsStore(string folder) => throw new UserErrorException(
        $"the folder '{folder}' holds a feature store already; expected a new folder for the merged one: choose another, or delete it.");

    [DoesNotReturn]
    public static void MissingParts(string missing) => throw new UserErrorException(
        $"the parts {missing} are missing; expected all parts of the run: name their folders too.");

    [DoesNotReturn]
    public static void UnfinishedPart(string folder, string modality, int done, int all) => throw new UserErrorException(
        $"part '{folder}' has {done} of its {all} shards of modality '{modality}'; finish it by the command that began it, then merge.");

    [DoesNotReturn]
    public static void ForeignShard(string path, string modality, ManifestShard shard, string problem) => throw new UserErrorException(
        $"'{path}', which should hold modality '{modality}' of the items in rows {shard.FirstRow} to {shard.FirstRow + shard.Rows - 1}, " +
        $"is damaged or another store's: {problem}; {MakeAgain}.");

    [DoesNotReturn]
    public static void DamagedRows(string path, string modality, int firstRow, int lastRow, string problem) => throw new UserErrorException(
        $"'{path}', which holds modality '{modality}' of the items in rows {firstRow} to {lastRow}, is damaged: {problem}; {MakeAgain}.");

    [DoesNotReturn]
    public static void DamagedRowIndex(string path, string modality, string problem) => throw new UserErrorException(
        $"'{path}', which says where the rows of modality '{modality}' lie, is damaged: {problem}; copy it again, or make the store again by the command that made it, with --start-over.");

    [DoesNotReturn]
    public static void LostFormerItems(string path, Exception failure) => throw new UserErrorException(
        $"'{path}', which holds the ids of the items that the store was made for, is lost or damaged, and the catalogue has changed since, so which items are new can't be told ({failure.Message.Split(';')[0].TrimEnd('.')}); " +
        "copy it again, or make the store again by the command that made it, with --start-over.", failure);

    [DoesNotReturn]
    public static void NoMorePositions(string folder, string modality) => throw new UserErrorException(
        $"the feature store '{folder}' has grown so often that modality '{modality}' has no room for further shards; make it again by the command that made it, with --start-over.");

    [DoesNotReturn]
    public static void NotGrown(string folder, IReadOnlyList<string> modalities) => throw new UserErrorException(
        $"the feature store '{folder}' has the modalities {string.Join(", ", modalities)}, which this run has not brought to the catalogue's present state, so it stays as it was; make them too.");

    [DoesNotReturn]
    public static void DamagedItems(string path, int rows, string problem) => throw new UserErrorException(
        $"'{path}', which holds the ids of the items in rows 0 to {rows - 1}, is damaged: {problem}; {MakeAgain}.");
}
