using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders.Tokenizers;

/// <summary>
/// CLIP's byte-pair encoding (openai/CLIP, clip/simple_tokenizer.py): HTML's character references decoded twice, lower case, single spaces,
/// cut into words, the bytes of each word merged; between the start and the end token, which also pads. Not done is what the original leaves
/// to the package ftfy (docs/ENCODERS.md).
/// </summary>
internal sealed class ClipText : ITextTokenizer
{
    private const string Start = "<|startoftext|>";
    private const string End = "<|endoftext|>";
    private readonly HtmlCharacterReferences _references = HtmlCharacterReferences.Load();
    private readonly BpeTokenizer _tokenizer;
    private readonly bool _lowercase;
    private readonly int _start;
    private readonly int _end;

    public ClipText(EncoderFolder encoder)
    {
        var spec = encoder.Config.Tokenizer!;
        MaxLength = spec.MaxLength;
        _lowercase = spec.Lowercase;
        try
        {
            var options = new BpeOptions(encoder.VocabularyPath!, encoder.MergesPath) { EndOfWordSuffix = "</w>", ByteLevel = true };
            var special = options.Vocabulary.Where(entry => entry.Key is Start or End).ToDictionary(entry => entry.Key, entry => entry.Value);
            options.SpecialTokens = special;
            options.PreTokenizer = new ClipWords(special.Keys);
            _tokenizer = BpeTokenizer.Create(options);
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or System.Text.Json.JsonException or FormatException)
        {
            throw new UserErrorException($"{encoder.VocabularyPath} and {encoder.MergesPath} are no vocabulary and merges of CLIP ({failure.Message.ReplaceLineEndings(" ")}); put the model's vocab.json and merges.txt there.", failure);
        }

        _start = IdOf(Start, encoder);
        _end = IdOf(End, encoder);
    }

    public int MaxLength { get; }

    public long PaddingId => _end;

    public bool HasWeights => false;

    public int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights)
    {
        string clean = SingleSpaces(_references.Replace(_references.Replace(text.ToString())));
        var pieces = _tokenizer.EncodeToIds(_lowercase ? LowerCase.Of(clean) : clean);
        int count = Math.Min(pieces.Count, MaxLength - 2);
        ids[0] = _start;
        for (int i = 0; i < count; i++)
            ids[i + 1] = pieces[i];
        ids[count + 1] = _end;
        return count + 2;
    }

    private int IdOf(string token, EncoderFolder encoder) => _tokenizer.Vocabulary.TryGetValue(token, out int id)
        ? id
        : throw new UserErrorException($"{encoder.VocabularyPath} has no token {token}, which CLIP needs; put the model's vocab.json there.");

    /// <summary>One space for every run of what Python takes for white space, and none at the ends.</summary>
    private static string SingleSpaces(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            bool isSpace = char.IsWhiteSpace(character) || character is >= '\u001C' and <= '\u001F';
            if (!isSpace)
                result.Append(character);
            else if (result.Length > 0 && result[^1] != ' ')
                result.Append(' ');
        }

        return result.ToString().TrimEnd(' ');
    }
}

/// <summary>
/// Cuts text into CLIP's words, as the pattern of openai/CLIP's simple_tokenizer.py does: a special token, an English contraction's end,
/// letters, one digit, or a run of anything else but white space. By code points, where a regular expression of the framework sees halves of
/// those above U+FFFF.
/// </summary>
internal sealed class ClipWords(IReadOnlyCollection<string> specialTokens) : PreTokenizer
{
    private static readonly string[] Contractions = ["'s", "'\u017F", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text) => PreTokenize(text.ToString());

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            int length = WordAt(text, at, out var kind);
            if (kind != Kind.Space)
                yield return (at, length);
            at += length;
        }
    }

    private int WordAt(string text, int at, out Kind kind)
    {
        kind = Kind.Other;
        foreach (string? known in specialTokens.Concat(Contractions))
        {
            if (string.Compare(text, at, known, 0, known.Length, StringComparison.OrdinalIgnoreCase) == 0)
                return known.Length;
        }

        kind = KindAt(text, at, out int length);
        if (kind == Kind.Number)
            return length;
        int end = at + length;
        while (end < text.Length && KindAt(text, end, out length) == kind)
            end += length;
        return end - at;
    }

    private static Kind KindAt(string text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text.AsSpan(at), out var character, out length);
        if (Rune.IsWhiteSpace(character))
            return Kind.Space;
        return Rune.GetUnicodeCategory(character) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
