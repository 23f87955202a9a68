using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>Vectors in the plane of their first two principal components.</summary>
/// <param name="Points">By vector: where it lies.</param>
/// <param name="Held">Share of the vectors' variance that the plane holds, 0 to 1.</param>
public sealed record PrincipalPlane(IReadOnlyList<(double X, double Y)> Points, double Held)
{
    /// <summary>The same vectors give the same plane: of the two directions of an axis, the one is taken in which its largest entry is positive.</summary>
    /// <param name="vectors">[vectors, width]</param>
    public static PrincipalPlane Of(Tensor vectors)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var exact = vectors.to(float64).cpu();
        var centred = exact - exact.mean([0L], keepdim: true);
        var (_, lengths, axes) = linalg.svd(centred, fullMatrices: false); // [components], [components, width]
        int components = (int)Math.Min(2, lengths.shape[0]);
        var first = axes.narrow(0, 0, components);
        var largest = first.gather(1, first.abs().argmax(1, keepdim: true)); // [components, 1]
        double[] places = centred.matmul((first * largest.sign()).t()).data<double>().ToArray();
        double[] variances = lengths.square().data<double>().ToArray();
        double all = variances.Sum();
        return new(
            [.. Enumerable.Range(0, (int)exact.shape[0]).Select(i => (places[i * components], components < 2 ? 0 : places[(i * components) + 1]))],
            all > 0 ? variances.Take(components).Sum() / all : 0);
    }

    /// <summary>Of the vectors nearest to each by cosine, how many are of its own group, as a share; null where there is one group alone.</summary>
    /// <param name="vectors">[vectors, width]</param>
    /// <param name="groups">By vector: its group.</param>
    /// <param name="nearest">How many are looked at.</param>
    public static double? OwnGroupShare(Tensor vectors, int[] groups, int nearest)
    {
        if (groups.Distinct().Count() < 2) return null;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(vectors.cpu(), dim: -1);
        var cosines = unit.matmul(unit.t());
        cosines.diagonal().fill_(float.NegativeInfinity);
        var (_, neighbours) = cosines.topk(Math.Min(nearest, groups.Length - 1), 1);
        var own = tensor(Array.ConvertAll(groups, g => (long)g));
        return own.index_select(0, neighbours.reshape(-1)).view(neighbours.shape).eq(own.unsqueeze(1)).to(float64).mean().item<double>();
    }
}
