using MathNet.Numerics.LinearAlgebra;

namespace UniM2Rec.Models.Numerics;

/// <summary>Eigenvalues and eigenvectors of small symmetric matrices.</summary>
internal static class SymmetricEigen
{
    /// <summary>Largest eigenvalue first; column j of the vectors belongs to value j and its entry of largest size is positive.</summary>
    public static (double[] Values, double[,] Vectors) Descending(double[,] symmetric)
    {
        var size = symmetric.GetLength(0);
        var eigen = Matrix<double>.Build.DenseOfArray(symmetric).Evd(Symmetricity.Symmetric);
        var order = Enumerable.Range(0, size).OrderByDescending(i => eigen.EigenValues[i].Real).ToArray();
        var values = Array.ConvertAll(order, i => eigen.EigenValues[i].Real);
        var vectors = new double[size, size];
        for (var j = 0; j < size; j++)
        {
            var column = eigen.EigenVectors.Column(order[j]);
            var sign = column[column.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
            for (var i = 0; i < size; i++)
                vectors[i, j] = sign * column[i];
        }

        return (values, vectors);
    }
}
