using UniM2Rec.Trainer.Evaluation;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Evaluation;

/// <summary>The plane of the first two principal components, against points whose plane is known.</summary>
public sealed class PrincipalPlaneTests
{
    /// <summary>Points of a plane that was turned into five dimensions keep their distances there, and the same vectors give the same points.</summary>
    [Fact]
    public void Points_of_a_plane_keep_their_distances()
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        var (turned, _) = linalg.qr(randn(5, 2, dtype: float64));
        var flat = randn(20, 2, dtype: float64);
        var vectors = flat.matmul(turned.t()) + 3;

        var plane = PrincipalPlane.Of(vectors);

        Assert.Equal(1, plane.Held, 9);
        Assert.Equal(plane.Points, PrincipalPlane.Of(vectors).Points);
        double[] truth = cdist(flat, flat).data<double>().ToArray();
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j < 20; j++) Assert.Equal(truth[(20 * i) + j], Math.Sqrt(Math.Pow(plane.Points[i].X - plane.Points[j].X, 2) + Math.Pow(plane.Points[i].Y - plane.Points[j].Y, 2)), 6);
        }
    }

    [Fact]
    public void Vectors_that_are_all_the_same_lie_in_one_point()
    {
        using var scope = NewDisposeScope();
        var plane = PrincipalPlane.Of(ones(3, 1));

        Assert.Equal(0, plane.Held);
        Assert.All(plane.Points, p => Assert.Equal((0, 0), p));
    }

    [Fact]
    public void Of_two_bundles_each_vectors_nearest_are_its_own()
    {
        using var scope = NewDisposeScope();
        var vectors = tensor(new float[] { 1, 0, 1, 0.1f, 1, 0.2f, 0, 1, 0.1f, 1, 0.2f, 1 }).view(6, 2);

        Assert.Equal(1, PrincipalPlane.OwnGroupShare(vectors, [0, 0, 0, 1, 1, 1], nearest: 2));
        Assert.Equal(0.4, PrincipalPlane.OwnGroupShare(vectors, [0, 0, 0, 1, 1, 1], nearest: 10)!.Value, 9);
        Assert.Null(PrincipalPlane.OwnGroupShare(vectors, [0, 0, 0, 0, 0, 0], nearest: 2));
    }
}
