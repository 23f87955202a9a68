using UniM2Rec.Models.Encoders;
using UniM2Rec.Models.Families;

namespace UniM2Rec.Models.Conversion;

/// <summary>The tokenizer of a Hugging Face folder: its settings for encoder.json, and its files copied into the encoder.</summary>
/// <param name="Specification">for encoder.json</param>
/// <param name="WriteFiles">writes the vocabulary into a folder</param>
internal sealed record TokenizerFiles(TokenizerSpec Specification, Action<string> WriteFiles)
{
    private const int UnlimitedLength = 1_000_000;   // tokenizer_config.json writes 1e30 where there is no limit

    /// <summary>BERT's WordPiece from vocab.txt, or from tokenizer.json where there is no vocab.txt.</summary>
    /// <exception cref="UserErrorException">There is neither, or the vocabulary has another size than the model.</exception>
    public static TokenizerFiles WordPiece(string folder, int vocabularySize, int positions, int wantedLength)
    {
        var settings = TokenizerSettings.Read(folder);
        var model = WordPieceModel.Read(folder, settings);
        string[] tokens = WordPieceTokens(folder, model, vocabularySize);
        if (tokens.Length > vocabularySize)
            throw new UserErrorException($"the vocabulary in '{folder}' has {tokens.Length} tokens, but config.json says vocab_size {vocabularySize}; both files must come from the same model.");
        var sentence = SentenceSettings.Read(folder);
        var specification = new TokenizerSpec
        {
            Type = TokenizerType.WordPiece,
            Vocabulary = "vocab.txt",
            // Sentence encoders may lower-case texts themselves, before a tokenizer that does not; accents stay then.
            Lowercase = settings.Lowercase || sentence.Lowercase,
            StripAccents = settings.StripAccents,
            JoinIdeographs = !settings.SplitsIdeographs,
            MaxLength = Length(settings, sentence, positions, wantedLength),
        };
        return new TokenizerFiles(specification, target => AtomicFile.WriteText(Path.Combine(target, "vocab.txt"), string.Join('\n', tokens) + "\n"));
    }

    /// <summary>CLIP's byte-pair encoding from vocab.json and merges.txt.</summary>
    /// <exception cref="UserErrorException">One of them is missing.</exception>
    public static TokenizerFiles ClipBpe(string folder, int positions, int wantedLength)
    {
        foreach (string? file in new[] { "vocab.json", "merges.txt" })
        {
            RegularFile.Require(Path.Combine(folder, file));
            if (!File.Exists(Path.Combine(folder, file)))
                throw new UserErrorException($"'{folder}' holds no {file}; download it from the model's page into that folder.");
        }

        var settings = TokenizerSettings.ReadClip(folder);
        var specification = new TokenizerSpec
        {
            Type = TokenizerType.ClipBpe,
            Vocabulary = "vocab.json",
            Merges = "merges.txt",
            MaxLength = Length(settings, SentenceSettings.Read(folder), positions, wantedLength),
            StripAccents = false,
        };
        return new TokenizerFiles(specification, target =>
        {
            foreach (string file in new[] { "vocab.json", "merges.txt" })
                AtomicFile.Copy(Path.Combine(folder, file), Path.Combine(target, file));
        });
    }

    private static int Length(TokenizerSettings settings, SentenceSettings sentence, int positions, int wanted)
    {
        if (wanted > positions)
            throw new UserErrorException($"texts of {wanted} tokens are asked for, but the model has {positions} positions; ask for at most {positions}.");
        return wanted > 0 ? wanted : (int)Math.Min(Math.Min(positions, sentence.MaxLength ?? positions), Math.Min(settings.MaxLength ?? positions, UnlimitedLength));
    }

    private static string[] WordPieceTokens(string folder, WordPieceModel? model, int most)
    {
        string list = Path.Combine(folder, "vocab.txt");
        RegularFile.Require(list);
        string[]? listed = File.Exists(list) ? File.ReadAllLines(list) : null;
        if (listed is null && model is null)
            throw new UserErrorException($"'{folder}' holds neither vocab.txt nor tokenizer.json; download one of them from the model's page into that folder.");
        string[] tokens = model?.Tokens(most) ?? listed!;
        if (listed is not null && !listed.SequenceEqual(tokens))
            throw new UserErrorException($"'{list}' and the vocabulary in tokenizer.json beside it are not the same; download both from one model's page, or remove the one that is not the model's.");
        return tokens;
    }
}
