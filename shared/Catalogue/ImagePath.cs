using System.Text;

namespace UniM2Rec.Catalogue;

/// <summary>Rules for pictures' paths.</summary>
internal static class ImagePath
{
    /// <inheritdoc cref="IsInside(ReadOnlySpan{byte})"/>
    public static bool IsInside(string path) => IsInside(Encoding.UTF8.GetBytes(path));

    /// <summary>Whether a relative path, in UTF-8, stays inside the folder that it starts from; "" does.</summary>
    public static bool IsInside(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
            return true;
        // Backslashes and drive letters would be harmless names on one system and a way out on another.
        if (path[0] is (byte)'/' or (byte)'\\' || path.Contains((byte)0) || (path.Length > 1 && path[1] == ':'))
            return false;
        int depth = 0;
        foreach (Range range in path.SplitAny((byte)'/', (byte)'\\'))
        {
            ReadOnlySpan<byte> part = path[range];
            depth += part.IsEmpty || part.SequenceEqual("."u8) ? 0 : part.SequenceEqual(".."u8) ? -1 : 1;
            if (depth < 0)
                return false;
        }
        return depth > 0;
    }
}
