using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace UniM2Rec.CommandLine;

/// <summary>
/// Where a verb's figures go: on standard output, as tables for people or, with <c>--json</c>, as one JSON object and nothing else.
/// </summary>
/// <param name="output">Takes them.</param>
/// <param name="width">Cells of a line; null where lines have no end, as in files.</param>
/// <param name="wide">Whether tables show every column.</param>
/// <param name="json">Whether JSON is written.</param>
public sealed class ResultWriter(TextWriter output, int? width, bool wide, bool json)
{
    private static readonly Option<bool> Wide = new("--wide") { Description = "Show every column of the tables." };
    private static readonly Option<bool> Json = new("--json") { Description = "Write the figures as one JSON object instead." };
    private readonly JsonObject _object = [];

    /// <summary>Gives a verb the options.</summary>
    internal static void AddTo(Command command)
    {
        command.Options.Add(Wide);
        command.Options.Add(Json);
    }

    /// <summary>What a command line asks for, on the process's standard output.</summary>
    internal static ResultWriter Of(ParseResult parsed) =>
        new(Console.Out, Console.IsOutputRedirected ? null : ResultConsole.Create().Profile.Width, parsed.GetValue(Wide), parsed.GetValue(Json));

    /// <summary>Whether people read it.</summary>
    public bool IsForPeople => !json;

    /// <summary>A sentence for people, which goes on in the next line where it is longer than one: no word or number is broken.</summary>
    public void Say(string sentence)
    {
        if (json) return;
        string line = "";
        foreach (string word in sentence.Split(' '))
        {
            if (line.Length > 0 && line.GetCellWidth() + 1 + word.GetCellWidth() > width)
            {
                output.WriteLine(line);
                line = word;
            }
            else
            {
                line = line.Length == 0 ? word : $"{line} {word}";
            }
        }

        output.WriteLine(line);
    }

    /// <summary>A command that people copy, which is one line, and a field of the JSON object.</summary>
    /// <param name="name">The field.</param>
    /// <param name="command">The command.</param>
    public void Command(string name, string command)
    {
        if (json) Set(name, command);
        else output.WriteLine(command);
    }

    /// <summary>A field of the JSON object; people do not see it.</summary>
    /// <param name="name">The field.</param>
    /// <param name="value">What is written as JSON.</param>
    public void Set<T>(string name, T value)
    {
        if (json) _object[name] = JsonSerializer.SerializeToNode(value, KeptJson.Format);
    }

    /// <summary>The fields of a record, as the file has them that it is kept in.</summary>
    public void SetAll<T>(T record)
    {
        if (!json) return;
        foreach (var (name, value) in JsonSerializer.SerializeToNode(record, KeptJson.Format)!.AsObject()) _object[name] = value?.DeepClone();
    }

    /// <summary>A table; an array of objects in JSON, where it has a key.</summary>
    public void Add(ResultTable table)
    {
        if (!json) foreach (string line in table.Lines(width ?? int.MaxValue, wide)) output.WriteLine(line);
        else if (table.Key.Length > 0) _object[table.Key] = table.ToJson();
    }

    /// <summary>Writes the object.</summary>
    internal void End()
    {
        if (json) output.WriteLine(_object.ToJsonString(KeptJson.Format));
    }
}
