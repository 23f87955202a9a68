using System.Diagnostics;
using System.Text;

namespace UniM2Rec.Tests;

/// <summary>One of the programs, run as a process from its build output.</summary>
internal sealed class ProgramUnderTest(string project, string name)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static ProgramUnderTest Extract { get; } = new("extractor", "unim2rec-extract");

    public static ProgramUnderTest Train { get; } = new("trainer", "unim2rec-train");

    public static ProgramUnderTest Serve { get; } = new("serving", "unim2rec-serve");

    /// <summary>Runs to the end.</summary>
    public ProgramResult Run(params string[] arguments) => Start(arguments).Wait(Limit);

    /// <summary>Runs to the end in a folder.</summary>
    public ProgramResult RunIn(string folder, params string[] arguments) => Start(folder, arguments).Wait(Limit);

    /// <summary>Starts without waiting.</summary>
    public RunningProgram Start(params string[] arguments) => Start(Environment.CurrentDirectory, arguments);

    private RunningProgram Start(string folder, string[] arguments) => new(StartProcess(folder, arguments));

    /// <summary>Starts in a folder; what it prints is the caller's to read.</summary>
    public Process StartProcess(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(OutputFolder(), name + ".dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder,
        };
        return Process.Start(start)!;
    }

    /// <summary>The program's output folder for the configuration and framework that these tests were built for.</summary>
    private string OutputFolder()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = framework;
        while (!File.Exists(Path.Combine(root.FullName, "UniM2Rec.sln")))
            root = root.Parent ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds UniM2Rec.sln.");
        return Path.Combine(root.FullName, project, "bin", framework.Parent!.Name, framework.Name);
    }
}
