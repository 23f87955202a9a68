using System.Text.Json.Serialization;

namespace UniM2Rec.Models.Encoders;

/// <summary>The <c>tokenizer</c> part of encoder.json.</summary>
public sealed record TokenizerSpec
{
    /// <summary>The kind of tokenizer.</summary>
    public TokenizerType Type { get; init; } = TokenizerType.WordPiece;

    /// <summary>Vocabulary file, relative to the encoder's folder; empty where the type needs none.</summary>
    public string Vocabulary { get; init; } = "";

    /// <summary>Merges file of a byte-pair encoding, relative to the encoder's folder; empty where the type needs none.</summary>
    public string Merges { get; init; } = "";

    /// <summary>The most ids an item can have, special tokens included; what is longer is cut at the end.</summary>
    public int MaxLength { get; init; } = 128;

    /// <summary>Whether letters are lower-cased first.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Whether accents are taken off (WordPiece; BERT's uncased models do).</summary>
    public bool StripAccents { get; init; } = true;

    /// <summary>Whether ideographs stay within words (WordPiece; Hugging Face's tokenize_chinese_chars = false); else each stands alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool JoinIdeographs { get; init; }

    /// <summary>Words in a row that make one term, at most (n-gram types): 1 = words, 2 = words and word pairs.</summary>
    public int MaxWords { get; init; } = 2;

    /// <summary>
    /// Ids after those of the vocabulary that unknown words share by their hash, where a text holds no term of the vocabulary (<see cref="TokenizerType.Ngrams"/>);
    /// 0: such a text has no ids, and its item no vector.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int UnknownIds { get; init; }

    /// <summary>Whether every sequence is filled up to <see cref="MaxLength"/>, for graphs with a fixed length.</summary>
    public bool PadToMaxLength { get; init; }
}

/// <summary>How text becomes ids.</summary>
public enum TokenizerType
{
    /// <summary>BERT's WordPiece; vocabulary: one token a line, its line number from 0 is its id.</summary>
    WordPiece,

    /// <summary>CLIP's lower-cased byte-pair encoding; vocabulary: vocab.json; merges: merges.txt.</summary>
    ClipBpe,

    /// <summary>Words and word pairs of a fitted list (built-in encoders); vocabulary: one term a line, its line number from 0 is its id.</summary>
    Ngrams,

    /// <summary>Words and word pairs hashed to 56 bits (built-in encoders); no vocabulary.</summary>
    HashedNgrams,
}
