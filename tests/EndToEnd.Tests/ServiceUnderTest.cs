using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace UniM2Rec.Tests;

/// <summary>unim2rec-serve at work on a port that is free, which is shown as its usual one.</summary>
internal sealed partial class ServiceUnderTest(string folder) : IDisposable
{
    private const string Usual = "127.0.0.1:8080";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly HttpClient _client = new() { Timeout = Patience };
    private Process? _process;
    private string _address = "";

    /// <summary>Starts it and waits until it listens.</summary>
    /// <returns>What it has said.</returns>
    public string Start(params string[] arguments)
    {
        _process = ProgramUnderTest.Serve.StartProcess(folder, [.. arguments, "--port", "0"]);
        var said = new StringBuilder();
        while (_process.StandardError.ReadLine() is { } line)
        {
            if (Listening().Match(line) is { Success: true } listening)
            {
                _address = listening.Groups["address"].Value;
                return said.AppendLine(line.Replace(_address, Usual, StringComparison.Ordinal)).ToString();
            }

            said.AppendLine(line);
        }

        Assert.Fail($"the service did not start: {said}");
        return "";
    }

    /// <summary>Does what a line with curl does.</summary>
    public string Ask(string curl)
    {
        var asked = Curl().Match(curl);
        Assert.True(asked.Success, $"'{curl}' is of another form");
        using var body = new StringContent(asked.Groups["body"].Value, Encoding.UTF8, "application/json");
        using var answer = _client.PostAsync(new Uri(asked.Groups["url"].Value.Replace(Usual, _address, StringComparison.Ordinal)), body).GetAwaiter().GetResult();
        string content = answer.Content.ReadAsStringAsync().GetAwaiter().GetResult();
        Assert.True(answer.IsSuccessStatusCode, content);
        return content;
    }

    /// <summary>Reads from an address of the service.</summary>
    public byte[] Get(string path) => _client.GetByteArrayAsync(new Uri($"http://{_address}/{path}")).GetAwaiter().GetResult();

    /// <summary>Sends SIGTERM and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public int Stop()
    {
        using var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.True(_process.WaitForExit(Patience), "the service did not end");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill(entireProcessTree: true);
        _process?.Dispose();
        _client.Dispose();
    }

    [GeneratedRegex(@"Listening on http://(?<address>\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"^curl -H 'content-type: application/json' -d '(?<body>[^']*)' (?<url>\S+)$")]
    private static partial Regex Curl();
}
