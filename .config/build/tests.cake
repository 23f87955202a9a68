using System.Xml.Linq;

(int Passed, int Failed, int Skipped)? testCounts;

// Runs every test project, also after a failure, and adds up what their reports say.
void RunTests(string configuration)
{
    var results = "artifacts/test-results";
    CleanDirectory(results);
    (int Passed, int Failed, int Skipped) sum = default;
    foreach (var project in GetFiles("tests/*.Tests/*.csproj").OrderBy(file => file.FullPath))
    {
        var name = project.GetFilenameWithoutExtension().ToString();
        var report = $"{results}/{name}.trx";
        var code = StartProcess("dotnet", new ProcessSettings
        {
            Arguments = $"test \"{project}\" -c {configuration} --no-build --verbosity quiet --results-directory {results} --logger \"trx;LogFileName={name}.trx\"",
        });
        var counts = FileExists(report) ? ReadCounts(report) : default;
        // A run that broke off has reported nothing, or less than it should.
        var broken = code != 0 && counts.Failed == 0 ? 1 : 0;
        sum = (sum.Passed + counts.Passed, sum.Failed + counts.Failed + broken, sum.Skipped + counts.Skipped);
    }
    testCounts = sum;
}

(int Passed, int Failed, int Skipped) ReadCounts(string report)
{
    var counters = XDocument.Load(report).Descendants().Single(e => e.Name.LocalName == "Counters");
    int Count(string name) => int.Parse(counters.Attribute(name).Value);
    var failed = Count("total") == 0 ? 0 : Count("executed") - Count("passed");
    return (Count("passed"), failed, Count("total") - Count("executed"));
}

// After everything else, so that the counts are the last line.
void PrintTestCounts()
{
    if (testCounts is not { } counts)
        return;
    if (counts.Skipped > 0)
        Console.WriteLine($"{counts.Skipped} skipped, each with its reason in artifacts/test-results");
    Console.WriteLine($"{counts.Passed} passed, {counts.Failed} failed");
    if (counts.Failed > 0 || counts.Passed == 0)
        Environment.Exit(1);
}
