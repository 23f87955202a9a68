using System.CommandLine;

namespace UniM2Rec.Extractor.Commands;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">The verb.</param>
/// <param name="description">One line.</param>
/// <param name="examples">Whole command lines without the program's name.</param>
internal sealed class ExtractCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>Sets what the command does, with the program's error handling round it.</summary>
    public ExtractCommand Does(Func<ParseResult, CancellationToken, int> action)
    {
        SetAction((parsed, cancellation) => Task.Run(() => Guarded.Run(() => action(parsed, cancellation), Console.Error), CancellationToken.None));
        return this;
    }
}
