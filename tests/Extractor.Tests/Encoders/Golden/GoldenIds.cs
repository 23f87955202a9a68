using System.Text.Json;

namespace UniM2Rec.Tests.Encoders.Golden;

/// <summary>
/// Ids that a plain implementation of the published algorithms, in Python over unicodedata, html and regex, gave for hard texts: with a
/// made-up vocabulary that the file holds, and with the model's published one, which it does not.
/// </summary>
public sealed record GoldenIds(string[] Vocabulary, string[] Merges, GoldenIds.Case[] Cases)
{
    private static readonly JsonSerializerOptions Keys = new(JsonSerializerDefaults.Web);

    public static GoldenIds Read(string file) =>
        JsonSerializer.Deserialize<GoldenIds>(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Encoders", "Golden", file)), Keys)!;

    /// <param name="Text">The text.</param>
    /// <param name="Ids">Ids with the made-up vocabulary, special tokens included.</param>
    /// <param name="Published">Ids with the published vocabulary, special tokens included.</param>
    public sealed record Case(string Text, long[] Ids, long[] Published);
}
