namespace UniM2Rec.Trainer.Configuration;

/// <summary>Settings that come with the program, one JSON file each, beside it in <c>presets/</c>.</summary>
public static class Presets
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "presets");

    public static IReadOnlyList<string> Names =>
        Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order().ToList() : [];

    /// <exception cref="UserErrorException">There is no such preset.</exception>
    public static string PathOf(string name)
    {
        string path = Path.Combine(Folder, name + ".json");
        if (File.Exists(path)) return path;
        string hint = NearestName.Find(name, Names) is { } near ? $" did you mean '{near}'?" : "";
        throw new UserErrorException($"The preset '{name}' is unknown; there are {string.Join(", ", Names)};{hint}".TrimEnd(';'));
    }
}
