using System.Diagnostics;
using System.Globalization;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Distributed;

/// <summary>Trainings of a small catalogue by the program itself, as one process or as several that mpirun starts.</summary>
internal sealed class SeveralProcesses : IDisposable
{
    private readonly TinyMarket _market = new(users: 24);

    public static bool HasLauncher => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "mpirun")));

    public static string NoLauncher => "there is no mpirun on the PATH; the build's Test target installs Open MPI on Debian";

    public TinyMarket Market => _market;

    public void Dispose() => _market.Dispose();

    /// <summary>Trains to the end.</summary>
    /// <param name="processes">How many train; 1 is started without mpirun.</param>
    /// <param name="out">Name of the run.</param>
    /// <param name="arguments">The verb and its options.</param>
    public Ended Train(int processes, string @out, params string[] arguments)
    {
        string[] all = Line(@out, arguments);
        if (processes == 1 && TrainerRun.Of(all) is var run) return new Ended(run.Code, run.Output, run.Errors); // in this process, which spares a start
        using var process = Start(processes, all);
        return Wait(process);
    }

    /// <summary>A command line of a training.</summary>
    public string[] Line(string @out, params string[] arguments) =>
        [.. arguments, "--dataset", _market.Dataset, "--features", _market.Features, "--out", _market.Run(@out), "--threads", "1", "--device", "cpu"];

    /// <summary>Starts the program.</summary>
    public static Process Start(int processes, params string[] arguments)
    {
        string[] program = [Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet", Path.Combine(AppContext.BaseDirectory, "unim2rec-train.dll"), .. arguments];
        string[] all = processes == 1 ? program : ["mpirun", "-n", processes.ToString(CultureInfo.InvariantCulture), "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", .. program];
        return Process.Start(new ProcessStartInfo(all[0], all[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
    }

    public static Ended Wait(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new Ended(process.ExitCode, output.Result, errors);
    }

    public RunFolder Run(string name) => new(_market.Run(name));

    /// <summary>By epoch: the loss.</summary>
    public static double[] Losses(RunFolder run) =>
        [.. File.ReadAllLines(run.Metrics).Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!["loss"]!.GetValue<double>())];

    public readonly record struct Ended(int Code, string Output, string Errors);
}
