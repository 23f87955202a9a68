namespace UniM2Rec.Models.BuiltIn;

/// <summary>Reads the terms of a text: every word, and every run of up to <c>maxWords</c> words, in the order in which they end. Copies nothing.</summary>
public ref struct TermReader
{
    /// <summary>The longest run that can be asked for.</summary>
    public const int LongestRun = 3;

    private readonly int _maxWords;
    private WordReader _words;
    private WordTriple _recent;
    private int _seen;
    private int _length;

    /// <summary>Starts before the first term.</summary>
    public TermReader(ReadOnlySpan<char> text, int maxWords, bool lowercase)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxWords, LongestRun);
        _maxWords = maxWords;
        _words = new WordReader(text, lowercase);
    }

    /// <summary>Hash of the term last read.</summary>
    public ulong Hash { get; private set; }

    /// <summary>Where the term last read stands in the text, from its first word to its last.</summary>
    public readonly Range Range => _recent[_length - 1].Start.._words.Range.End;

    /// <summary>Goes to the next term; false at the end.</summary>
    public bool Next()
    {
        if (_length >= Math.Min(_seen, _maxWords))
        {
            if (!_words.Next())
                return false;
            (_recent[2], _recent[1], _recent[0]) = (_recent[1], _recent[0], (_words.Hash, _words.Range.Start));
            _seen++;
            _length = 0;
        }

        _length++;
        Hash = _recent[_length - 1].Hash;
        for (int i = _length - 2; i >= 0; i--)
            Hash = TermHash.Join(Hash, _recent[i].Hash);
        return true;
    }

    /// <summary>The last words, newest first.</summary>
    [System.Runtime.CompilerServices.InlineArray(LongestRun)]
    private struct WordTriple
    {
        private (ulong Hash, Index Start) _first;
    }
}

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
    public static ulong Finish(ulong state) => SplitMix64.Mix(state);

    /// <summary>The hash of a run of words followed by one more word; the order matters.</summary>
    public static ulong Join(ulong run, ulong word) => SplitMix64.Mix((run * SplitMix64.Golden) ^ word);
}
