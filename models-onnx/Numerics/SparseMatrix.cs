using System.Numerics.Tensors;

namespace UniM2Rec.Models.Numerics;

/// <summary>A sparse matrix, compressed by rows. Columns within a row may come in any order.</summary>
/// <param name="Rows">number of rows</param>
/// <param name="Columns">number of columns</param>
/// <param name="Offsets">[Rows + 1]: where each row begins in the two lists below</param>
/// <param name="Indices">column of each stored value</param>
/// <param name="Values">the stored values</param>
internal sealed record SparseMatrix(int Rows, int Columns, int[] Offsets, int[] Indices, float[] Values)
{
    /// <summary>The matrix with rows and columns exchanged; columns within a row come in rising order.</summary>
    public SparseMatrix Transpose()
    {
        var offsets = new int[Columns + 1];
        foreach (var column in Indices)
            offsets[column + 1]++;
        for (var column = 0; column < Columns; column++)
            offsets[column + 1] += offsets[column];
        var next = offsets.AsSpan(0, Columns).ToArray();
        var indices = new int[Indices.Length];
        var values = new float[Indices.Length];
        for (var row = 0; row < Rows; row++)
        {
            for (var i = Offsets[row]; i < Offsets[row + 1]; i++)
            {
                var place = next[Indices[i]]++;
                indices[place] = row;
                values[place] = Values[i];
            }
        }

        return new SparseMatrix(Columns, Rows, offsets, indices, values);
    }

    /// <summary>This matrix times a dense one [Columns, width] into [Rows, width], rows in parallel.</summary>
    public void Multiply(float[] dense, int width, float[] product, CancellationToken cancellation)
    {
        const int rowsPerTask = 64;
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, (Rows + rowsPerTask - 1) / rowsPerTask, options, task =>
        {
            for (var row = task * rowsPerTask; row < Math.Min(Rows, (task + 1) * rowsPerTask); row++)
            {
                var sum = product.AsSpan(checked(row * width), width);
                sum.Clear();
                for (var i = Offsets[row]; i < Offsets[row + 1]; i++)
                    TensorPrimitives.MultiplyAdd(dense.AsSpan(checked(Indices[i] * width), width), Values[i], sum, sum);
            }
        });
    }
}
