using System.Globalization;
using System.Text;
using Microsoft.ML.Tokenizers;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders.Tokenizers;

/// <summary>BERT's WordPiece: [CLS], the text's sub-words cut at the length allowed, [SEP].</summary>
internal sealed class WordPieceText : ITextTokenizer
{
    private readonly WordPieceTokenizer _tokenizer;
    private readonly int _classification;
    private readonly int _separator;

    public WordPieceText(EncoderFolder encoder)
    {
        var spec = encoder.Config.Tokenizer!;
        MaxLength = spec.MaxLength;
        try
        {
            _tokenizer = WordPieceTokenizer.Create(encoder.VocabularyPath!, new WordPieceOptions
            {
                Normalizer = new BertText(spec.Lowercase, spec.StripAccents, spec.JoinIdeographs),
                PreTokenizer = PreTokenizer.CreateWhiteSpace(),
                // Counted in UTF-16 units, of which a code point has two at most; BertText has replaced longer words.
                MaxInputCharsPerWord = 2 * BertText.LongestWord,
            });
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or FormatException)
        {
            throw new UserErrorException($"{encoder.VocabularyPath} is no WordPiece vocabulary ({failure.Message.ReplaceLineEndings(" ")}); put the model's vocab.txt there.", failure);
        }

        _classification = IdOf("[CLS]", encoder);
        _separator = IdOf("[SEP]", encoder);
        PaddingId = IdOf("[PAD]", encoder);
    }

    public int MaxLength { get; }

    public long PaddingId { get; }

    public bool HasWeights => false;

    public int Encode(ReadOnlySpan<char> text, Span<long> ids, Span<float> weights)
    {
        var pieces = _tokenizer.EncodeToIds(text);
        int count = Math.Min(pieces.Count, MaxLength - 2);
        ids[0] = _classification;
        for (int i = 0; i < count; i++)
            ids[i + 1] = pieces[i];
        ids[count + 1] = _separator;
        return count + 2;
    }

    private int IdOf(string token, EncoderFolder encoder) => _tokenizer.EncodeToIds(token) is [var id] && id != _tokenizer.UnknownTokenId
        ? id
        : throw new UserErrorException($"{encoder.VocabularyPath} has no token {token}, which WordPiece needs; put the model's vocab.txt there.");
}

/// <summary>
/// Text as the original BERT sees it, with one space between words: control characters go, white space becomes spaces, ideographs and
/// punctuation stand alone, letters are lowered one by one and accents taken off where the model wants that (Hugging Face's BertTokenizer,
/// which goes back to google-research/bert's tokenization.py). The package's own BertTokenizer cuts words otherwise: it drops symbols and joins words at underscores.
/// </summary>
internal sealed class BertText(bool lowercase, bool stripAccents, bool joinIdeographs = false) : Normalizer
{
    /// <summary>Code points that a word can have before it is unknown as a whole.</summary>
    public const int LongestWord = 100;

    private const string UnknownWord = "\uE000";
    private static readonly string[] SpecialTokens = ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"];
    private readonly BaseCharacterTable? _bases = stripAccents ? BaseCharacterTable.Load() : null;

    public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());

    public override string Normalize(string original)
    {
        var result = new StringBuilder(original.Length + 16);
        int begin = 0;
        while (begin < original.Length)
        {
            var (at, token) = NextSpecial(original, begin);
            AppendText(original.AsSpan(begin, at - begin), result);
            if (token.Length > 0)
                result.Append(' ').Append(token).Append(' ');
            begin = at + token.Length;
        }

        return result.ToString();
    }

    private static (int At, string Token) NextSpecial(string text, int begin)
    {
        int open = begin;
        while ((open = text.IndexOf('[', open)) >= 0)
        {
            foreach (string token in SpecialTokens)
            {
                if (string.CompareOrdinal(text, open, token, 0, token.Length) == 0)
                    return (open, token);
            }

            open++;
        }

        return (text.Length, "");
    }

    private void AppendText(ReadOnlySpan<char> text, StringBuilder result)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var character in text.EnumerateRunes())
        {
            // Unassigned code points go first: some lie among the ideographs.
            if (IsWhiteSpace(character))
                clean.Append(' ');
            else if (character.Value == 0xFFFD || IsControl(character))
                continue;
            else if (!joinIdeographs && IsIdeograph(character.Value))
                clean.Append(' ').AppendRune(character).Append(' ');
            else
                clean.AppendRune(character);
        }

        foreach (string word in clean.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            result.Append(' ');
            AppendPieces(Lower(word), result);
        }
    }

    /// <summary>Appends a word with spaces round each punctuation character; a piece that is too long becomes one unknown word.</summary>
    private static void AppendPieces(string word, StringBuilder result)
    {
        var (start, length) = (result.Length, 0);
        foreach (var character in word.EnumerateRunes())
        {
            if (IsPunctuation(character))
            {
                CloseWord(result, start, length);
                result.Append(' ').AppendRune(character).Append(' ');
                (start, length) = (result.Length, 0);
                continue;
            }

            result.AppendRune(character);
            length++;
        }

        CloseWord(result, start, length);
    }

    private static void CloseWord(StringBuilder result, int start, int length)
    {
        if (length <= LongestWord)
            return;
        result.Length = start;
        result.Append(UnknownWord);
    }

    private string Lower(string word)
    {
        if (lowercase)
            word = LowerCase.OfEach(word);
        if (_bases is null || Ascii.IsValid(word))
            return word;
        var stripped = new StringBuilder(word.Length);
        foreach (var character in word.EnumerateRunes())
            _bases.Append(character, stripped);
        return stripped.ToString();
    }

    private static bool IsWhiteSpace(Rune character) =>
        character.Value is '\t' or '\n' or '\r' or 0x2028 or 0x2029 || Rune.GetUnicodeCategory(character) == UnicodeCategory.SpaceSeparator;

    private static bool IsControl(Rune character) => Rune.GetUnicodeCategory(character) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static bool IsPunctuation(Rune character) =>
        character.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || Rune.GetUnicodeCategory(character) is UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
            or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;

    private static bool IsIdeograph(int point) => point is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B820 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
