namespace UniM2Rec.Tests;

/// <summary>How a program ended.</summary>
/// <param name="Code">Exit code; 128 + the signal's number where a signal ended it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">The error stream: messages and progress.</param>
internal sealed record ProgramResult(int Code, string Output, string Errors)
{
    /// <summary>Fails with everything that the program said unless it ended with <paramref name="code"/>.</summary>
    public ProgramResult Expect(int code)
    {
        Assert.True(Code == code, $"exit code {Code}, expected {code}\n{Output}\n{Errors}");
        return this;
    }

    /// <summary>Expects a failure that is told in one sentence with these words, and without a stack trace.</summary>
    public void ExpectError(int code, params string[] words)
    {
        Expect(code);
        var lines = Errors.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal) || line.Contains(" ERR ", StringComparison.Ordinal));
        string error = Assert.Single(lines).TrimEnd();
        Assert.True(error[^1] is '.' or '?', error);
        Assert.DoesNotContain("Unhandled exception", Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\n   at ", Errors, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, error, StringComparison.Ordinal));
    }
}
