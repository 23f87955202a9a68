namespace UniM2Rec.Models.Text;

/// <summary>
/// 64-bit hashes of words and of runs of words. They stand in for the words themselves: no text is copied while tokenising. FNV-1a over
/// UTF-16 units, then the finaliser of SplitMix64, so that every bit depends on every letter.
/// </summary>
public static class TermHash
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    /// <summary>The start of a word.</summary>
    public static ulong Start => FnvOffset;

    /// <summary>The word so far, with one more letter.</summary>
    public static ulong Add(ulong state, char letter) => (state ^ letter) * FnvPrime;

    /// <summary>The hash of a word whose letters have been added.</summary>
    public static ulong Finish(ulong state) => Mix(state);

    /// <summary>The hash of a run of words followed by one more word; the order matters.</summary>
    public static ulong Join(ulong run, ulong word) => Mix((run * 0x9E3779B97F4A7C15) ^ word);

    /// <summary>SplitMix64's finaliser.</summary>
    public static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
