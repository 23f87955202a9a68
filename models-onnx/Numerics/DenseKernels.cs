using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UniM2Rec.Models.Numerics;

/// <summary>
/// The two dense products that a subspace iteration needs, in float32, vectorised and in parallel. Both go through one kernel of 4 × 16
/// results held in registers. Results do not depend on the number of threads.
/// </summary>
internal static class DenseKernels
{
    private const int TileRows = 4;
    private const int TileColumns = 16;
    private const int PanelRows = 256;
    private const int Slabs = 8;   // fixed, not the number of processors: the order of the sums decides the last bits

    /// <summary>yᵀy of a row-major y [rows, width], as doubles [width, width].</summary>
    public static double[,] Gram(float[] y, int rows, int width, CancellationToken cancellation)
    {
        int padded = Padded(width);
        int slabRows = Math.Max(PanelRows, ((rows + Slabs - 1) / Slabs + PanelRows - 1) / PanelRows * PanelRows);
        int slabs = (rows + slabRows - 1) / slabRows;
        float[][] partial = new float[slabs][];
        Parallel.For(0, slabs, new ParallelOptions { CancellationToken = cancellation }, slab =>
        {
            float[] sum = new float[padded * padded];
            float[] packed = new float[PanelRows * padded];
            for (int first = slab * slabRows; first < Math.Min(rows, (slab + 1) * slabRows); first += PanelRows)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(PanelRows, Math.Min(rows, (slab + 1) * slabRows) - first);
                PackColumns(y.AsSpan(checked(first * width), count * width), count, width, packed);
                AddPanelGram(packed, count, padded, sum);
            }

            partial[slab] = sum;
        });

        double[,] gram = new double[width, width];
        for (int i = 0; i < width; i++)
        {
            for (int j = i; j < width; j++)
            {
                double total = 0;
                foreach (float[] sum in partial)
                    total += sum[i * padded + j];
                gram[i, j] = gram[j, i] = total;
            }
        }

        return gram;
    }

    /// <summary>y · m for a row-major y [rows, inner] and m [inner, columns], into [rows, columns].</summary>
    public static void Multiply(float[] y, float[] m, (int Rows, int Inner, int Columns) shape, float[] product, CancellationToken cancellation)
    {
        var (rows, inner, columns) = shape;
        if (rows < TileRows)
            Array.Resize(ref y, TileRows * inner);
        float[] packed = new float[inner * Padded(columns)];
        PackColumns(m, inner, columns, packed);
        int panels = (rows + PanelRows - 1) / PanelRows;
        Parallel.For(0, panels, new ParallelOptions { CancellationToken = cancellation }, panel =>
        {
            Span<float> tile = stackalloc float[TileRows * TileColumns];
            int end = Math.Min(rows, (panel + 1) * PanelRows);
            for (int column = 0; column < columns; column += TileColumns)
            {
                int width = Math.Min(TileColumns, columns - column);
                for (int row = panel * PanelRows; row < end; row += TileRows)
                {
                    // The last tile moves up to stay inside; the rows it computes again come out the same.
                    int top = Math.Max(0, Math.Min(row, rows - TileRows));
                    tile.Clear();
                    AddTile(ref y[checked(top * inner)], new Strides(inner, 1, TileColumns), ref packed[column * inner], inner, ref MemoryMarshal.GetReference(tile));
                    for (int i = 0; i < Math.Min(TileRows, rows - top); i++)
                        tile.Slice(i * TileColumns, width).CopyTo(product.AsSpan(checked((top + i) * columns + column), width));
                }
            }
        });
    }

    private static int Padded(int width) => (width + TileColumns - 1) / TileColumns * TileColumns;

    /// <summary>Blocks of 16 columns, each [count, 16], the last filled up with zeros.</summary>
    private static void PackColumns(ReadOnlySpan<float> source, int count, int width, Span<float> packed)
    {
        for (int column = 0; column < width; column += TileColumns)
        {
            var block = packed.Slice(column * count, count * TileColumns);
            int used = Math.Min(TileColumns, width - column);
            for (int row = 0; row < count; row++)
            {
                source.Slice(row * width + column, used).CopyTo(block[(row * TileColumns)..]);
                block.Slice(row * TileColumns + used, TileColumns - used).Clear();
            }
        }
    }

    /// <summary>Adds the upper triangle, tile by tile, of one packed panel's product with itself.</summary>
    private static void AddPanelGram(float[] packed, int count, int padded, float[] sum)
    {
        for (int column = 0; column < padded; column += TileColumns)
        {
            ref float right = ref packed[column * count];
            for (int row = 0; row < column + TileColumns; row += TileRows)
            {
                ref float left = ref packed[row / TileColumns * TileColumns * count + row % TileColumns];
                AddTile(ref left, new Strides(1, TileColumns, padded), ref right, count, ref sum[row * padded + column]);
            }
        }
    }

    /// <summary>c[i, j] += Σ_t a[i · aRow + t · aStep] · b[t · 16 + j] for 4 rows and 16 columns.</summary>
    private static void AddTile(ref float a, Strides strides, ref float b, int steps, ref float c)
    {
        var (aRow, aStep, cRow) = strides;
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        for (int t = 0; t < steps; t++)
        {
            var b0 = Vector256.LoadUnsafe(ref b, (nuint)(t * TileColumns));
            var b1 = Vector256.LoadUnsafe(ref b, (nuint)(t * TileColumns + 8));
            ref float at = ref Unsafe.Add(ref a, t * aStep);
            var a0 = Vector256.Create(at);
            var a1 = Vector256.Create(Unsafe.Add(ref at, aRow));
            var a2 = Vector256.Create(Unsafe.Add(ref at, 2 * aRow));
            var a3 = Vector256.Create(Unsafe.Add(ref at, 3 * aRow));
            c00 = Vector256.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(a0, b1, c01);
            c10 = Vector256.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(a1, b1, c11);
            c20 = Vector256.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(a2, b1, c21);
            c30 = Vector256.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(a3, b1, c31);
        }

        AddRow(ref c, c00, c01);
        AddRow(ref Unsafe.Add(ref c, cRow), c10, c11);
        AddRow(ref Unsafe.Add(ref c, 2 * cRow), c20, c21);
        AddRow(ref Unsafe.Add(ref c, 3 * cRow), c30, c31);
    }

    private static void AddRow(ref float c, Vector256<float> low, Vector256<float> high)
    {
        (Vector256.LoadUnsafe(ref c) + low).StoreUnsafe(ref c);
        (Vector256.LoadUnsafe(ref c, 8) + high).StoreUnsafe(ref c, 8);
    }

    /// <summary>From one number to the next: down a and along its sum, and down c.</summary>
    private readonly record struct Strides(int ARow, int AStep, int CRow);
}
