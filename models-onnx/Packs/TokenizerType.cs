namespace UniM2Rec.Models.Packs;

/// <summary>How text becomes ids.</summary>
public enum TokenizerType
{
    /// <summary>BERT's WordPiece; vocabulary: one token a line, its line number from 0 is its id.</summary>
    WordPiece,

    /// <summary>CLIP's lower-cased byte-pair encoding; vocabulary: vocab.json; merges: merges.txt.</summary>
    ClipBpe,

    /// <summary>Words and word pairs of a fitted list (<see cref="Text.NgramTokenizer"/>); vocabulary: one term a line, its line number from 0 is its id.</summary>
    Ngrams,

    /// <summary>Words and word pairs hashed to 56 bits (<see cref="Text.NgramTokenizer"/>); no vocabulary.</summary>
    HashedNgrams,
}
