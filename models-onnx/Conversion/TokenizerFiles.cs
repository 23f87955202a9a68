using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;

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
        var settings = ConfigReader.OpenIfThere(Path.Combine(folder, "tokenizer_config.json"));
        var tokens = WordPieceTokens(folder);
        if (tokens.Length > vocabularySize)
            throw new UserErrorException($"the vocabulary in '{folder}' has {tokens.Length} tokens, but config.json says vocab_size {vocabularySize}; both files must come from the same model.");
        var lowercase = settings?.Flag("do_lower_case", true) ?? true;
        var specification = new TokenizerSpec
        {
            Type = TokenizerType.WordPiece,
            Vocabulary = "vocab.txt",
            Lowercase = lowercase,
            StripAccents = settings?.Flag("strip_accents", lowercase) ?? lowercase,
            MaxLength = Length(folder, settings, positions, wantedLength),
        };
        return new TokenizerFiles(specification, target => File.WriteAllText(Path.Combine(target, "vocab.txt"), string.Join('\n', tokens) + "\n"));
    }

    /// <summary>CLIP's byte-pair encoding from vocab.json and merges.txt.</summary>
    /// <exception cref="UserErrorException">One of them is missing.</exception>
    public static TokenizerFiles ClipBpe(string folder, int positions, int wantedLength)
    {
        foreach (var file in new[] { "vocab.json", "merges.txt" })
        {
            if (!File.Exists(Path.Combine(folder, file)))
                throw new UserErrorException($"'{folder}' holds no {file}; download it from the model's page into that folder.");
        }

        var settings = ConfigReader.OpenIfThere(Path.Combine(folder, "tokenizer_config.json"));
        var specification = new TokenizerSpec
        {
            Type = TokenizerType.ClipBpe,
            Vocabulary = "vocab.json",
            Merges = "merges.txt",
            MaxLength = Length(folder, settings, positions, wantedLength),
            StripAccents = false,
        };
        return new TokenizerFiles(specification, target =>
        {
            File.Copy(Path.Combine(folder, "vocab.json"), Path.Combine(target, "vocab.json"), overwrite: true);
            File.Copy(Path.Combine(folder, "merges.txt"), Path.Combine(target, "merges.txt"), overwrite: true);
        });
    }

    private static int Length(string folder, ConfigReader? settings, int positions, int wanted)
    {
        if (wanted > positions)
            throw new UserErrorException($"texts of {wanted} tokens are asked for, but the model has {positions} positions; ask for at most {positions}.");
        if (wanted > 0)
            return wanted;
        var sentence = ConfigReader.OpenIfThere(Path.Combine(folder, "sentence_bert_config.json"))?.Count("max_seq_length", positions) ?? positions;
        var limit = settings?.Number("model_max_length", positions) ?? positions;
        return (int)Math.Min(Math.Min(positions, sentence), Math.Min(limit, UnlimitedLength));
    }

    private static string[] WordPieceTokens(string folder)
    {
        var list = Path.Combine(folder, "vocab.txt");
        if (File.Exists(list))
            return File.ReadAllLines(list);
        var path = Path.Combine(folder, "tokenizer.json");
        if (!File.Exists(path))
            throw new UserErrorException($"'{folder}' holds neither vocab.txt nor tokenizer.json; download one of them from the model's page into that folder.");
        var model = ConfigReader.Open(path).Section("model");
        if (model.Text("type", "") is not "WordPiece")
            model.Refuse("type", "BERT's WordPiece is needed");
        var byId = model.Raw("vocab").EnumerateObject().ToDictionary(entry => entry.Value.GetInt32(), entry => entry.Name);
        return [.. Enumerable.Range(0, byId.Keys.Max() + 1).Select(id => byId.GetValueOrDefault(id, $"[unused-{id}]"))];
    }
}
