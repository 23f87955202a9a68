namespace UniM2Rec.Models.Encoders;

/// <summary>How large the parts of an encoder may say that they are; what says more is refused before room is made for it (docs/ENCODERS.md).</summary>
public static class EncoderLimits
{
    /// <summary>Ids of a text.</summary>
    public const int Length = 32_768;

    /// <summary>Side of the square that a model sees, in pixels.</summary>
    public const int Side = 4096;

    /// <summary>Side that pictures are resized to before the crop, in pixels.</summary>
    public const int ResizeTo = 8192;

    /// <summary>Bytes of a vocabulary, and of merges.</summary>
    public const long VocabularyBytes = 64L << 20;

    /// <summary>Lines of a vocabulary, and of merges.</summary>
    public const int VocabularyLines = 1 << 20;

    /// <summary>Refuses a vocabulary that is no regular file, or larger than allowed.</summary>
    /// <exception cref="UserErrorException">It is.</exception>
    internal static void CheckVocabulary(string path)
    {
        using var file = RegularFile.Open(path, "a vocabulary", FileOptions.SequentialScan);
        if (file.Length > VocabularyBytes)
            throw new UserErrorException($"'{path}' has {file.Length:N0} bytes, but a vocabulary of at most {VocabularyBytes:N0} was expected; put the model's vocabulary there.");
        byte[] piece = new byte[1 << 16];
        int lines = 0;
        for (int read; (read = file.Read(piece)) > 0;)
            lines += piece.AsSpan(0, read).Count((byte)'\n');
        if (lines > VocabularyLines)
            throw new UserErrorException($"'{path}' has {lines:N0} lines, but a vocabulary of at most {VocabularyLines:N0} was expected; put the model's vocabulary there.");
    }
}
