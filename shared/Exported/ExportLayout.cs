namespace UniM2Rec.Exported;

/// <summary>Every file name of an exported recommender (docs/FORMAT.md, section 4).</summary>
public static class ExportLayout
{
    /// <summary>What the export is: versions, fingerprints, what each matrix means, and the other files with their checksums.</summary>
    public const string Manifest = "recommender.json";

    /// <summary>The items: domain, id, title, category, brand, picture; candidates first.</summary>
    public const string Items = "items.csv";

    /// <summary>The items' vectors.</summary>
    public const string Vectors = "items.safetensors";

    /// <summary>The user side of the network.</summary>
    public const string Tower = "user-tower.onnx";

    /// <summary>Weights of a user side that is too large for one file.</summary>
    internal const string TowerWeights = Tower + ".data";

    /// <summary>What other users' histories say about candidates.</summary>
    public const string Collaborative = "collaborative.safetensors";

    /// <summary>The items' features, where candidates are compared with histories by them.</summary>
    public const string Content = "content.safetensors";

    /// <summary>The users' own histories, where they were asked for.</summary>
    public const string Histories = "histories.safetensors";

    /// <summary>Whether a file of an exported recommender may have a name.</summary>
    public static bool IsName(string name) => name == Manifest || IsData(name);

    /// <summary>The same without the manifest.</summary>
    internal static bool IsData(string name) => name is Items or Vectors or Tower or TowerWeights or Collaborative or Content or Histories
        || (Path.GetFileName(name) == name && (name.EndsWith(".npy", StringComparison.Ordinal) || name.EndsWith(".vectors.csv", StringComparison.Ordinal)));

    /// <summary>The files that an export must have.</summary>
    internal static IEnumerable<string> Needed(RecommenderManifest manifest)
    {
        yield return Items;
        if (manifest.Network is not null)
        {
            yield return Vectors;
            yield return Tower;
        }

        if (manifest.Combination is not { } combination) yield break;
        if (combination.Terms.Any(t => t.Source != TermSource.Content)) yield return Collaborative;
        if (combination.Terms.Any(t => t.Source == TermSource.Content)) yield return Content;
    }

    /// <summary>Columns of <see cref="Items"/>.</summary>
    public static IReadOnlyList<string> ItemColumns { get; } = ["domain", "item_id", "title", "category", "brand", "image"];
}

/// <summary>Names of the tensors of an exported recommender.</summary>
public static class ExportTensors
{
    /// <summary>[items, width]: what histories are made of, in <see cref="ExportLayout.Vectors"/>.</summary>
    public const string History = "history";

    /// <summary>[candidates, width]: what a user's vector is multiplied with.</summary>
    public const string Candidates = "items";

    /// <summary>[candidates, width]: unit vectors of one modality.</summary>
    public static string Modality(int index) => FormattableString.Invariant($"modality{index}");

    /// <summary>[candidates, modalities]: 1 where the item has the modality.</summary>
    public const string Present = "present";

    /// <summary>[candidates]: α of MISSRec's fusion.</summary>
    public const string Sharpness = "sharpness";

    /// <summary>[candidates, width]: unit vectors of the ids.</summary>
    public const string Ids = "ids";

    /// <summary>[interests + 1, width]: MISSRec's interests; the last row stands for none.</summary>
    public const string Interests = "interests";

    /// <summary>[items, modalities] int32: each item's interest by modality, or -1.</summary>
    public const string InterestOf = "interest_of";

    /// <summary>[items, width] of unit length or 0, in <see cref="ExportLayout.Content"/>.</summary>
    public const string Content = "content";

    /// <summary>[rows, candidates] of EASE's weights, in <see cref="ExportLayout.Collaborative"/>.</summary>
    public const string EaseWeights = "ease.weights";

    /// <summary>[items] int32: an item's row in <see cref="EaseWeights"/>, or -1.</summary>
    public const string EaseRows = "ease.rows";

    /// <summary>[columns] int32: the candidate of each column of <see cref="EaseWeights"/>.</summary>
    public const string EaseColumns = "ease.columns";

    /// <summary>The three tensors of a sparse relation: offsets [items + 1] int64, candidates [entries] int32, values [entries].</summary>
    public static (string Offsets, string Columns, string Values) Relation(string name) => ($"{name}.offsets", $"{name}.candidates", $"{name}.values");

    /// <summary>[users + 1] int64 each, in <see cref="ExportLayout.Histories"/>: where a user's events, and the bytes of the user's id, begin.</summary>
    public const string HistoryOffsets = "offsets", UserOffsets = "user_offsets";

    /// <summary>[events] int32: rows of the items, a user's oldest first.</summary>
    public const string HistoryItems = "items";

    /// <summary>[bytes]: the users' ids in UTF-8, one after the other.</summary>
    public const string UserIds = "user_ids";
}
