using System.CommandLine;
using System.CommandLine.Completions;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Commands;

/// <summary>What a shell may complete; where nothing can be told, nothing is offered.</summary>
internal static class Completions
{
    /// <summary>The domains of the catalogue that an option names.</summary>
    public static void OfDatasetsDomains(this Option option, Option<string?> dataset) =>
        option.Domains(context => Domains(() => context.ParseResult.GetValue(dataset)));

    /// <summary>The domains of the catalogue of the run that a command line names.</summary>
    public static void OfRunsDomains(this Option option, Func<ParseResult, string?> run) =>
        option.Domains(context => Domains(() => run(context.ParseResult) is { } path ? RunFolder.Open(path).LoadConfig().Data.Dataset : null));

    /// <summary>The help would show what may be completed as the option's value, and without a catalogue that is nothing.</summary>
    private static void Domains(this Option option, Func<CompletionContext, IEnumerable<CompletionItem>> source)
    {
        option.HelpName = "domain";
        option.CompletionSources.Add(source);
    }

    private static IEnumerable<CompletionItem> Domains(Func<string?> dataset)
    {
        try
        {
            return dataset() is { } folder ? [.. Dataset.Open(folder).Domains.Select(domain => new CompletionItem(domain))] : [];
        }
        catch (Exception unreadable) when (unreadable is UserErrorException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return [];
        }
    }
}
