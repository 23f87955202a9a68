namespace UniM2Rec.Tests;

/// <summary>The code that docs/EXTENDING.md shows, which is that of files in tests/, and this repository's files.</summary>
internal static class DocumentedCode
{
    /// <summary>Fails where the document's copy of a file is not the file.</summary>
    /// <param name="file">From the repository's root, as the document names it above the code.</param>
    public static void RequireSame(string file)
    {
        string document = File.ReadAllText(Path.Combine(Root, "docs", "EXTENDING.md"));
        int named = document.IndexOf($"`{file}`:\n\n```csharp\n", StringComparison.Ordinal);
        Assert.True(named >= 0, $"docs/EXTENDING.md shows no {file}");
        int start = document.IndexOf("```csharp\n", named, StringComparison.Ordinal) + "```csharp\n".Length;
        string shown = document[start..document.IndexOf("```\n", start, StringComparison.Ordinal)];
        Assert.Equal(File.ReadAllText(Path.Combine(Root, file)), shown);
    }

    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "UniM2Rec.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds UniM2Rec.sln.");
    }
}
