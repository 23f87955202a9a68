using UniM2Rec.Trainer.Collaborative;

namespace UniM2Rec.Trainer.Exporting;

/// <summary>What other users' histories say about candidates, as tensors whose rows are the items of the export.</summary>
/// <param name="rows">By item of the export: its row in the store.</param>
/// <param name="scorer">Collects it.</param>
internal sealed class CollaborativeFile(int[] rows, CollaborativeScorer scorer)
{
    private const string KnnName = "item_knn", TransitionsName = "transitions";

    /// <summary>By tensor: what it is.</summary>
    public IReadOnlyDictionary<string, string> Meanings
    {
        get
        {
            var meanings = new Dictionary<string, string>();
            AddRelation(KnnName, scorer.ItemKnn, "C, how often the same users had both");
            AddRelation(TransitionsName, scorer.Transitions, "S, how often the candidate came after the item");
            if (scorer.Ease is not null)
            {
                meanings[ExportTensors.EaseRows] = "[items] int32: the item's row in ease.weights, or -1";
                meanings[ExportTensors.EaseColumns] = "[columns] int32: the candidate of each column of ease.weights";
                meanings[ExportTensors.EaseWeights] = "[rows, columns]: B, EASE's effect of an item on a candidate";
            }

            return meanings;

            void AddRelation(string name, ItemRelation? relation, string what)
            {
                if (relation is null) return;
                var (offsets, columns, values) = ExportTensors.Relation(name);
                meanings[offsets] = $"[items + 1] int64: where an item's entries of {what}, begin";
                meanings[columns] = "[entries] int32: the candidate of each entry";
                meanings[values] = "[entries]: its value";
            }
        }
    }

    /// <summary>Writes them; EASE's matrix row by row, as it may be large.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        (string Name, ItemRelation Relation)[] relations =
            [.. new (string, ItemRelation?)[] { (KnnName, scorer.ItemKnn), (TransitionsName, scorer.Transitions) }.Where(r => r.Item2 is not null).Select(r => (r.Item1, r.Item2!))];
        var offsets = relations.Select(r => Offsets(r.Relation)).ToList();
        int[] known = scorer.Ease is { } ease ? rows.Select(ease.IndexOf).Where(i => i >= 0).ToArray() : [];

        // Numbers of eight bytes first, so that all lie where processors want them.
        var writer = new SafeTensorsWriter(stream);
        for (int r = 0; r < relations.Length; r++) writer.Declare(ExportTensors.Relation(relations[r].Name).Offsets, SafeTensorType.I64, [offsets[r].Length]);
        for (int r = 0; r < relations.Length; r++)
        {
            writer.Declare(ExportTensors.Relation(relations[r].Name).Columns, SafeTensorType.I32, [offsets[r][^1]]);
            writer.Declare(ExportTensors.Relation(relations[r].Name).Values, SafeTensorType.F32, [offsets[r][^1]]);
        }

        if (scorer.Ease is not null)
        {
            writer.Declare(ExportTensors.EaseRows, SafeTensorType.I32, [rows.Length]);
            writer.Declare(ExportTensors.EaseColumns, SafeTensorType.I32, [scorer.Ease.Columns.Length]);
            writer.Declare(ExportTensors.EaseWeights, SafeTensorType.F32, [known.Length, scorer.Ease.Columns.Length]);
        }

        foreach (long[] list in offsets) writer.Write<long>(list);
        foreach (var (_, relation) in relations)
        {
            foreach (int row in rows) writer.Write(relation.Rows.Columns(row));
            foreach (int row in rows) writer.Write(relation.Rows.Values(row));
        }

        if (scorer.Ease is not null) WriteEase(writer, scorer.Ease, known);
        writer.Complete();
    });

    private void WriteEase(SafeTensorsWriter writer, Ease ease, int[] known)
    {
        int next = 0;
        writer.Write<int>(Array.ConvertAll(rows, row => ease.IndexOf(row) >= 0 ? next++ : -1));
        writer.Write(ease.Columns);
        float[] weights = new float[ease.Columns.Length];
        foreach (int index in known)
        {
            ease.WeightsOf(index, weights);
            writer.Write<float>(weights);
        }
    }

    private long[] Offsets(ItemRelation relation)
    {
        long[] offsets = new long[rows.Length + 1];
        for (int i = 0; i < rows.Length; i++) offsets[i + 1] = offsets[i] + relation.Rows.Columns(rows[i]).Length;
        return offsets;
    }
}
