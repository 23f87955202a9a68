using System.Runtime.InteropServices;
using UniM2Rec.Models.Onnx;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Exporting;

/// <summary>What an export holds beside what every export does.</summary>
/// <param name="Histories">Whether the users' histories are written, so that they can be asked for by the users' ids.</param>
/// <param name="Forms">Further forms of the vectors.</param>
public sealed record ExportSettings(bool Histories, IReadOnlyList<VectorForm> Forms)
{
    /// <summary>Whether the weights of the user side are stored as float16.</summary>
    public bool HalfPrecision { get; init; }
}

/// <summary>Writes a trained run as files from which a program without Torch recommends the same (docs/FORMAT.md, section 4).</summary>
/// <param name="model">In evaluation mode.</param>
/// <param name="data">What it was trained on.</param>
/// <param name="catalogue">The encoded items.</param>
internal sealed class RecommenderExport(Recommender model, TrainingData data, EncodedCatalogue catalogue)
{
    /// <summary>Weights of fewer bytes, such as biases, are not worth rounding.</summary>
    private const long LeastHalved = 4096;

    private readonly int[] _rows = catalogue.Rows;

    /// <summary>Writes the items and, where the model has vectors, these and the user side.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="datasetFolder">The catalogue.</param>
    /// <param name="settings">Further forms of the vectors, and how weights are stored.</param>
    /// <returns>The network and what its tensors are; null where there is none.</returns>
    public (ExportedNetwork Network, IReadOnlyDictionary<string, string> Tensors)? WriteNetwork(string folder, string datasetFolder, ExportSettings settings)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var items = ItemRecords.Of(datasetFolder, data.Store, _rows);
        ItemRecords.Save(Path.Combine(folder, ExportLayout.Items), items);
        if (model.Export(tensor(Array.ConvertAll(_rows, r => (long)r), device: catalogue.Vectors.Input.device)) is not { } network)
        {
            if (settings.Forms.Count > 0) throw new UserErrorException("The run has no vectors to write in other forms, as it knows items by other users' histories alone; leave --vectors out.");
            return null;
        }

        List<ExportedTensor> tensors =
        [
            new(ExportTensors.History, catalogue.Vectors.Input, "[items, width]: what the user side of the network reads; not of unit length"),
            .. network.Tensors,
            .. catalogue.Vectors.First(catalogue.CandidateCount).Exported,
        ];
        TensorFile.Save(Path.Combine(folder, ExportLayout.Vectors), tensors);
        if (settings.HalfPrecision) network.Tower.Graph.StoreAsHalf(LeastHalved);
        OnnxWriter.Write(network.Tower.Graph, Path.Combine(folder, ExportLayout.Tower));
        foreach (var form in settings.Forms) form.Write(folder, tensors, items);
        return (network.Network with { Weights = settings.HalfPrecision ? WeightPrecision.Float16 : WeightPrecision.Float32 }, tensors.ToDictionary(t => t.Name, t => t.Meaning));
    }

    /// <summary>Writes what is joined with the network's scores.</summary>
    /// <param name="folder">The export.</param>
    /// <param name="scorer">Collects it.</param>
    /// <param name="combination">Joins it with the network's scores.</param>
    public (ExportedCombination Combination, IReadOnlyDictionary<string, string> Tensors) WriteCollaborative(string folder, CollaborativeScorer scorer, ScoreCombination combination)
    {
        var exported = scorer.Export(combination);
        var meanings = new Dictionary<string, string>();
        if (exported.Terms.Any(t => t.Source != TermSource.Content))
        {
            var file = new CollaborativeFile(_rows, scorer);
            file.Save(Path.Combine(folder, ExportLayout.Collaborative));
            foreach (var (name, meaning) in file.Meanings) meanings.Add(name, meaning);
        }

        if (catalogue.Content is { } content)
        {
            var tensor = new ExportedTensor(ExportTensors.Content, content, "[items, width]: the items' features, of unit length, 0 where the item has none; their product is a cosine");
            TensorFile.Save(Path.Combine(folder, ExportLayout.Content), [tensor]);
            meanings.Add(tensor.Name, tensor.Meaning);
        }

        return (exported, meanings);
    }

    /// <summary>Writes the users' histories.</summary>
    public void WriteHistories(string folder)
    {
        int[] slotOfRow = new int[data.Store.ItemCount];
        for (int slot = 0; slot < _rows.Length; slot++) slotOfRow[_rows[slot]] = slot;
        var log = data.Log;
        long[] offsets = [.. Enumerable.Range(0, log.UserCount).Select(u => (long)log.FirstEvent(u)), log.EventCount];
        byte[][] ids = [.. log.UserIds.Select(System.Text.Encoding.UTF8.GetBytes)];
        long[] idOffsets = new long[ids.Length + 1];
        for (int u = 0; u < ids.Length; u++) idOffsets[u + 1] = idOffsets[u] + ids[u].Length;
        int[] items = [.. Enumerable.Range(0, log.EventCount).Select(e => slotOfRow[log.ItemOf(e)])];
        SafeTensorsWriter.Save(
            Path.Combine(folder, ExportLayout.Histories),
            [
                new SafeTensor(ExportTensors.HistoryOffsets, SafeTensorType.I64, [offsets.Length], Bytes(offsets)),
                new SafeTensor(ExportTensors.UserOffsets, SafeTensorType.I64, [idOffsets.Length], Bytes(idOffsets)),
                new SafeTensor(ExportTensors.HistoryItems, SafeTensorType.I32, [items.Length], Bytes(items)),
                new SafeTensor(ExportTensors.UserIds, SafeTensorType.U8, [idOffsets[^1]], ids.SelectMany(id => id).ToArray()),
            ]);

        static byte[] Bytes<T>(T[] values)
            where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
    }
}
