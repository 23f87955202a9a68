using System.Runtime.InteropServices;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>Why items are recommended, as the service tells it of an export.</summary>
internal sealed class Reasons : IDisposable
{
    private readonly EncodedCatalogue _catalogue;
    private readonly Tensor? _vectors;
    private readonly Tensor? _content;
    private readonly (ExportedCombination, ITermStrengths)? _joined;

    /// <param name="model">In evaluation mode.</param>
    /// <param name="catalogue">The encoded items.</param>
    /// <param name="scorer">What histories say about single candidates, or null.</param>
    public Reasons(Recommender model, EncodedCatalogue catalogue, CollaborativeScorer? scorer)
    {
        _catalogue = catalogue;
        if (model.HasNetwork) _vectors = Held(catalogue.Vectors.Input);
        if (catalogue.Content is { } content) _content = Held(content);
        if (scorer is not null && model.ScoreCombination is { } combination)
            _joined = (scorer.Export(combination), new ScorerStrengths(scorer, (item, candidate) => TensorPrimitives.Dot(Vector(_content!, item), Vector(_content!, candidate))));

        static Tensor Held(Tensor values) => values.detach().cpu().contiguous().DetachFromDisposeScope();
    }

    /// <param name="example">A user's history.</param>
    /// <param name="rows">Rows of the recommended items in the store.</param>
    /// <param name="scores">Their scores.</param>
    /// <returns>By item.</returns>
    public Explanation[] Of(Example example, int[] rows, float[] scores)
    {
        int[] history = example.Log.Items(example.Log.FirstEvent(example.User), example.End).ToArray();
        var explanations = new Explanation[rows.Length];
        Parallel.For(0, rows.Length, TorchThreads.Limit, i =>
            explanations[i] = Explanation.Of(history, rows[i], scores[i], _joined, _vectors is null ? null : item => Similarity(item, rows[i])));
        return explanations;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _vectors?.Dispose();
        _content?.Dispose();
    }

    private float Similarity(int first, int second)
    {
        float cosine = TensorPrimitives.CosineSimilarity(Vector(_vectors!, first), Vector(_vectors!, second));
        return float.IsNaN(cosine) ? 0 : cosine;
    }

    private ReadOnlySpan<float> Vector(Tensor vectors, int row)
    {
        int width = (int)vectors.shape[1];
        return MemoryMarshal.Cast<byte, float>(vectors.bytes).Slice(_catalogue.Slots([row])[0] * width, width);
    }
}
