using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace UniM2Rec.Trainer.Collaborative;

/// <summary>
/// Keeps EASE's matrix, whose time grows with the cube of its items, in a file, so that it is computed once for a run. The file says what it was computed
/// from, and is taken for that alone; it is put in place whole, so that others may read while one writes; one that is damaged is made again.
/// </summary>
/// <param name="path">The file; need not be there.</param>
/// <param name="storage">Where it goes.</param>
public sealed class EaseCache(string path, IStorage storage)
{
    private const string Format = "unim2rec-ease", FormatKey = "format", SourceKey = "source", Matrix = "inverse";

    /// <summary>Tells what the matrix is computed from: λ, and which users have each of its items, in its order.</summary>
    /// <param name="known">Rows of its items.</param>
    /// <param name="owners">By row: its users.</param>
    /// <param name="ridge">λ.</param>
    internal static string SourceOf(int[] known, IReadOnlyList<IReadOnlyList<int>> owners, double ridge)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(BitConverter.GetBytes(ridge));
        foreach (int row in known)
        {
            int[] users = [owners[row].Count, .. owners[row]];
            hash.AppendData(MemoryMarshal.AsBytes<int>(users));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The matrix of a source.</summary>
    /// <param name="source">From <see cref="SourceOf"/>.</param>
    /// <param name="size">Items.</param>
    /// <param name="context">Takes a warning where the file is there and can't be used.</param>
    /// <returns>[size, size]; null where it is not kept.</returns>
    internal float[]? Find(string source, int size, WorkContext context)
    {
        if (FileKinds.Of(path) == FileKind.Missing) return null;
        try
        {
            using var file = SafeTensorsFile.Open(path);
            string? found = file.Metadata.GetValueOrDefault(FormatKey);
            if (found != Format) throw new UserErrorException($"'{path}' is of the form '{found}' instead of '{Format}'");
            if (!file.CheckWhole()) throw new UserErrorException($"'{path}' has no checksum");
            if (file.Metadata.GetValueOrDefault(SourceKey) != source) return null;
            if (!file.Contains(Matrix) || !file.Entry(Matrix).Shape.SequenceEqual([size, size])) throw new UserErrorException($"'{path}' holds no matrix of {size.ToString(CultureInfo.InvariantCulture)} items");
            return file.ReadSingles(Matrix);
        }
        catch (UserErrorException damage)
        {
            context.Log.Warning("What was kept of EASE can't be used ({Problem:l}), so it is fitted again", damage.Message.Split(';')[0].TrimEnd('.'));
            return null;
        }
    }

    /// <summary>Keeps a matrix, in the place of another; where that can't be done, it is warned of.</summary>
    /// <param name="source">From <see cref="SourceOf"/>.</param>
    /// <param name="inverse">[size, size]</param>
    /// <param name="size">Items.</param>
    /// <param name="context">Takes the warning.</param>
    internal void Keep(string source, float[] inverse, int size, WorkContext context)
    {
        try
        {
            var notes = new Dictionary<string, string> { [FormatKey] = Format, [SourceKey] = source };
            AtomicFile.Write(path, stream => SafeTensorsChecksum.Write(stream, notes, writer =>
            {
                writer.Declare(Matrix, SafeTensorType.F32, [size, size]);
                for (int row = 0; row < size; row++) writer.Write(MemoryMarshal.AsBytes(inverse.AsSpan(row * size, size)));
            }), storage);
        }
        catch (UserErrorException full)
        {
            context.Log.Warning("EASE can't be kept for the next command ({Problem:l})", full.Message.Split(';')[0].TrimEnd('.'));
        }
    }
}
