using UniM2Rec.CommandLine;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.CommandLine;

/// <summary>What users see of failures that nobody foresaw. The error stream is the process's, so these tests run alone.</summary>
[Collection("error stream")]
public sealed class CommandFrameTests : IDisposable
{
    private readonly TextWriter _before = Console.Error;
    private readonly StringWriter _errors = new();

    public CommandFrameTests() => Console.SetError(_errors);

    public void Dispose() => Console.SetError(_before);

    [Fact]
    public async Task A_fault_is_one_sentence_and_its_trace_is_in_the_log_file()
    {
        using var folder = new TemporaryFolder();
        string log = folder["run.log"];

        Assert.Equal(ExitCodes.Failed, await Run(_ => throw new InvalidOperationException("first line\n  at second line"), log));
        string said = Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("error: A fault of the program ended this (InvalidOperationException: first line)", said);
        Assert.Contains(log, said);
        Assert.Contains(nameof(A_fault_is_one_sentence_and_its_trace_is_in_the_log_file), File.ReadAllText(log));
    }

    [Fact]
    public async Task Without_a_log_file_the_trace_comes_with_verbose()
    {
        Assert.Equal(ExitCodes.Failed, await Run(_ => throw new InvalidOperationException("broken")));
        Assert.Contains("--verbose", _errors.ToString());
        Assert.DoesNotContain("   at ", _errors.ToString());

        Assert.Equal(ExitCodes.Failed, await Run(_ => throw new InvalidOperationException("broken"), arguments: ["work", "--verbose"]));
        Assert.Contains(nameof(Without_a_log_file_the_trace_comes_with_verbose), _errors.ToString());
    }

    [Fact]
    public async Task A_full_output_is_one_sentence()
    {
        if (!File.Exists("/dev/full")) Assert.Skip("This system has no /dev/full.");

        int code = await Run(_ =>
        {
            using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            full.WriteByte(1);
            return ExitCodes.Done;
        });

        Assert.Equal(ExitCodes.Failed, code);
        Assert.StartsWith("error: There is no room for what is to be written (", _errors.ToString());
    }

    [Fact]
    public async Task Work_goes_on_where_the_error_stream_is_full()
    {
        Console.SetError(new FullWriter());
        bool ended = false;

        int code = await Run(context =>
        {
            context.Log.Information("a line");
            using (var task = context.Progress.Start("counting", 1, "things")) task.Advance();
            ended = true;
            return ExitCodes.Done;
        });

        Assert.True(ended);
        Assert.Equal(ExitCodes.Done, code);
    }

    [Fact]
    public async Task A_quoted_text_floods_nothing_and_steers_no_terminal()
    {
        string hostile = $"\u001b[2J\r{new string('x', 90_000_000)}";
        await Run(_ => throw new UserErrorException($"The item '{hostile}' is not known; name another."));

        Assert.InRange(_errors.ToString().Length, 1, 5000);
        Assert.EndsWith("is not known; name another.\n", _errors.ToString());
        Assert.DoesNotContain(_errors.ToString().TrimEnd('\n'), c => char.IsControl(c));
    }

    private static Task<int> Run(Func<VerbContext, int> work, string? log = null, string[]? arguments = null)
    {
        var verb = new Verb("work", "Works.").Does((_, context) =>
        {
            if (log is not null) context.LogTo(log);
            return work(context);
        });
        return CommandFrame.RunAsync(CommandFrame.Program("program", "A program.", verb), arguments ?? ["work"], Console.Error);
    }

    private sealed class FullWriter : StringWriter
    {
        public override void Write(char value) => throw new IOException("No space left on device");

        public override void Write(char[] buffer, int index, int count) => throw new IOException("No space left on device");

        public override void Write(string? value) => throw new IOException("No space left on device");

        public override void WriteLine(string? value) => throw new IOException("No space left on device");

        public override void Flush() => throw new IOException("No space left on device");
    }
}

[CollectionDefinition("error stream", DisableParallelization = true)]
public sealed class ErrorStreamCollection;
