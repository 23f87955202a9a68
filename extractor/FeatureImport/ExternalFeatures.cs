using System.Security.Cryptography;
using System.Text;
using UniM2Rec.Diagnostics;
using UniM2Rec.Features;

namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Lays vectors that were computed elsewhere into a store as one modality. A row of zeros is a missing one.</summary>
public static class ExternalFeatures
{
    /// <summary>Writes a modality; one that is there from the same files is left alone.</summary>
    /// <param name="store">The store.</param>
    /// <param name="modality">Name of the modality.</param>
    /// <param name="encoder">What made the vectors, for people.</param>
    /// <param name="type">Number type in the store.</param>
    /// <param name="matrices">The files, all of one width.</param>
    /// <param name="sources">For each store row, where its vector is.</param>
    /// <param name="progress">Shows the rows.</param>
    /// <param name="cancellation">Leaves; shards that are complete are kept.</param>
    /// <returns>Rows that were made now, and how many of them have a vector.</returns>
    /// <exception cref="UserErrorException">Widths differ, or a number can't be stored.</exception>
    public static (long Rows, long Present) Write(
        FeatureStoreWriter store, string modality, string encoder, FeatureType type, IReadOnlyList<IFeatureMatrix> matrices, RowSource[] sources,
        IProgressSink progress, CancellationToken cancellation)
    {
        var width = matrices[0].Width;
        if (matrices.FirstOrDefault(m => m.Width != width) is { } other)
            throw new UserErrorException($"{other.Source} has {other.Width} numbers a row and {matrices[0].Source} has {width}, but one modality has one width; import them as two modalities or two stores.");
        var writer = store.StartModality(new(modality, width, type, encoder, Fingerprint(matrices, sources)));
        using var task = progress.Start($"{modality} ({encoder})", writer.PendingRows, "items");
        var vector = new float[width];
        var (rows, present) = (0L, 0L);
        foreach (var range in writer.Pending)
        {
            cancellation.ThrowIfCancellationRequested();
            using var shard = writer.NewShard(range);
            for (var row = range.FirstRow; row < range.FirstRow + range.Rows; row++)
            {
                if (sources[row].Matrix < 0)
                    continue;
                matrices[sources[row].Matrix].ReadRow(sources[row].Row, vector);
                if (vector.AsSpan().IndexOfAnyExcept(0f) >= 0)
                    shard.Set(row, vector);
            }

            writer.Commit(shard);
            (rows, present) = (rows + range.Rows, present + shard.PresentCount);
            task.Advance(range.Rows);
        }

        return (rows, present);
    }

    /// <summary>SHA-256 over the files' bytes and over which row goes where.</summary>
    private static string Fingerprint(IReadOnlyList<IFeatureMatrix> matrices, RowSource[] sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var matrix in matrices)
        {
            using var file = File.OpenRead(matrix.Source);
            hash.AppendData(SHA256.HashData(file));
            hash.AppendData(Encoding.ASCII.GetBytes($"{matrix.Rows} {matrix.Width}\n"));
        }

        hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(sources.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
