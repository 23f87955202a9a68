using System.Threading;

// Runs a program; its output goes straight to the terminal, so that its progress bars work.
void Run(string program, string arguments)
{
    var code = StartProcess(program, new ProcessSettings { Arguments = arguments });
    if (code != 0)
        throw new CakeException($"'{program} {arguments}' failed with exit code {code}.");
}

// Runs a program in silence; what it printed is shown only if it fails.
void RunQuietly(string program, string arguments)
{
    var settings = new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true, RedirectStandardError = true };
    var code = StartProcess(program, settings, out var output, out var errors);
    if (code != 0)
    {
        Error(string.Join(Environment.NewLine, output.Concat(errors)));
        throw new CakeException($"'{program} {arguments}' failed with exit code {code}; its output is above.");
    }
}

// Runs one command line of the demonstration; 3 means that it is done and has skipped items.
void RunStep(string line)
{
    Information($"\n> {line}");
    var words = line.Split(' ', 2);
    var code = StartProcess(words[0], new ProcessSettings { Arguments = words[1] });
    if (code is not (0 or 3))
        throw new CakeException($"'{line}' failed with exit code {code}.");
}

// Networks fail for a moment: twice more, after a pause.
void Retry(string what, Action action)
{
    for (var attempt = 1; ; attempt++)
    {
        try
        {
            action();
            return;
        }
        catch (CakeException e) when (attempt < 3)
        {
            Warning($"{what}: {e.Message} Trying again.");
            Thread.Sleep(TimeSpan.FromSeconds(5 * attempt));
        }
    }
}

bool IsOnPath(string program) => Context.Tools.Resolve(IsRunningOnWindows() ? new[] { program + ".exe", program + ".cmd" } : new[] { program }) is not null;
