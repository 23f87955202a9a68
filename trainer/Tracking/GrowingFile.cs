namespace UniM2Rec.Trainer.Tracking;

/// <summary>A file that another program reads while it grows, so that it is not exchanged for another one.</summary>
internal static class GrowingFile
{
    /// <summary>Makes the file hold the content; what of it is there already is not written again, and what differs from it goes.</summary>
    public static void Bring(string path, byte[] content)
    {
        if (FileKinds.Of(path) != FileKind.Missing) RegularFile.Require(path);
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] there = new byte[Math.Min(file.Length, content.Length)];
        file.ReadExactly(there);
        int same = there.AsSpan().CommonPrefixLength(content);
        if (same == content.Length && file.Length == content.Length) return;
        file.SetLength(same);
        file.Position = same;
        file.Write(content.AsSpan(same));
    }
}
