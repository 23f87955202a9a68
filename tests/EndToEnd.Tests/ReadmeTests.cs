using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests;

/// <summary>README's commands, run in the order in which it gives them, print what it says.</summary>
public partial class ReadmeTests
{
    // What these need, only a user has.
    private static readonly string[] NeedOtherFiles = ["mobilenet", "encoders list"];

    [Fact]
    public void The_commands_print_what_README_says()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, content) in Readme.Files)
            folder.Write(name, content);
        WriteVectors(folder);
        using var service = new ServiceUnderTest(folder.Path);
        foreach (var command in Readme.Commands.Where(command => !NeedOtherFiles.Any(command.Text.Contains)))
        {
            string output = Run(folder, service, command);
            using var printed = new StringReader(output);
            foreach (string line in command.Output)
            {
                string? found;
                do found = printed.ReadLine();
                while (found is not null && !Readme.Says(line, found));
                Assert.True(found is not null, $"README says that '{command.Text}' prints, in this order,\n{string.Join('\n', command.Output)}\nbut '{line}' is not in\n{output}");
            }
        }
    }

    [Fact]
    public void Every_option_that_README_gives_is_in_the_help()
    {
        Assert.True(Readme.Calls.Count > 15);
        foreach (string call in Readme.Calls)
        {
            string[] words = call.Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split(' ');
            string[] verbs = [.. words.Skip(1).TakeWhile(word => !word.StartsWith('-') && !word.Contains('/') && !word.Contains('.'))];
            var help = Program(words[0]).Run([.. verbs, "--help"]).Expect(0);
            Assert.All(words.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.True(help.Output.Contains(option, StringComparison.Ordinal), $"'{call}': no {option} in the help"));
        }
    }

    private static string Run(TemporaryFolder folder, ServiceUnderTest service, Readme.Command command)
    {
        if (command.Words is ["echo", .., ">>", var table])
        {
            File.AppendAllText(folder[table], command.Text.Split('"')[1] + "\n");
            return "";
        }
        if (command.Words is ["unim2rec-serve", .. var arguments, "&"])
            return Clock().Replace(service.Start(arguments), "");
        if (command.Words[0] == "curl")
            return service.Ask(command.Text);
        if (command.Words is ["head", ['-', var lines], var file])
            return string.Join('\n', File.ReadLines(folder[file]).Take(lines - '0'));
        var result = Program(command.Words[0]).RunIn(folder.Path, command.Words[1..]).Expect(0);
        // README leaves out the time of day and the folder that the user stands in; the two streams have no common order.
        return Clock().Replace((result.Errors + result.Output).Replace(folder.Path + "/", "", StringComparison.Ordinal), "");
    }

    private static ProgramUnderTest Program(string name) => name switch
    {
        "unim2rec-extract" => ProgramUnderTest.Extract,
        "unim2rec-train" => ProgramUnderTest.Train,
        "unim2rec-serve" => ProgramUnderTest.Serve,
        _ => throw new ArgumentException($"README calls '{name}', which is none of the programs."),
    };

    /// <summary>vectors.npy and ids.txt for the shop's 11 items, as 'import-features' takes them.</summary>
    private static void WriteVectors(TemporaryFolder folder)
    {
        string[] ids = [.. Enumerable.Range(1, 5).Select(i => $"kitchen\tk{i}"), .. Enumerable.Range(1, 6).Select(i => $"garden\tg{i}")];
        folder.Write("ids.txt", string.Join('\n', ids) + "\n");
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({ids.Length}, 4), }}".PadRight(117) + "\n");
        byte[] file = [0x93, .. "NUMPY\x01\0"u8, (byte)header.Length, 0, .. header, .. new byte[ids.Length * 16]];
        for (int i = 0; i < ids.Length * 4; i++)
            BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(10 + header.Length + i * 4), i % 7 - i % 3);
        folder.Write("vectors.npy", file);
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d ", RegexOptions.Multiline)]
    private static partial Regex Clock();
}
