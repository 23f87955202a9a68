using System.Text.RegularExpressions;
using System.Xml.Linq;

// Which packages the four native dependencies come from: "nuget" where the feed has them, else "system" (compat/).
const string StackFile = "artifacts/Stack.props";

record StackChoice(string Stack, bool Cuda, string Reason);

string ReadStack() => XDocument.Load(StackFile).Descendants("Stack").Single().Value;

// The choice is kept, so that only the first run (or --force) asks the feed.
StackChoice ChooseStack()
{
    var wanted = Argument("stack", "auto");
    var cuda = Argument("cuda", ReadCuda());
    if (wanted is not ("auto" or "nuget" or "system"))
        throw new CakeException($"--stack={wanted} is not a stack; it is auto, nuget or system.");
    var choice = wanted != "auto" ? new StackChoice(wanted, cuda, "asked for by --stack")
        : FileExists(StackFile) && !HasArgument("force") ? new StackChoice(ReadStack(), cuda, "chosen before; --force asks the feed again")
        : ProbeFeed(cuda);
    WriteStack(choice);
    Information($"Stack: {choice.Stack} ({choice.Reason}){(choice.Cuda ? ", with CUDA" : "")}.");
    return choice;
}

bool ReadCuda() => FileExists(StackFile) && XDocument.Load(StackFile).Descendants("Cuda").Any(e => e.Value == "true");

void WriteStack(StackChoice choice)
{
    var text = $"""
        <Project>
          <!-- Written by set-up: {choice.Reason.Replace("--", "- -")}. -->
          <PropertyGroup>
            <Stack Condition="'$(Stack)' == ''">{choice.Stack}</Stack>
            <Cuda Condition="'$(Cuda)' == ''">{(choice.Cuda ? "true" : "false")}</Cuda>
          </PropertyGroup>
        </Project>

        """;
    EnsureDirectoryExists("artifacts");
    // An unchanged choice leaves the file alone: a newer one would make every project build again.
    if (!FileExists(StackFile) || ReadStack() != choice.Stack || ReadCuda() != choice.Cuda)
        System.IO.File.WriteAllText(StackFile, text);
}

// Restores a project that asks for the native packages and nothing else, cut off from this repository's own properties.
StackChoice ProbeFeed(bool cuda)
{
    var folder = "artifacts/obj/feed-probe";
    CleanDirectory(folder);
    foreach (var name in new[] { "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props" })
        System.IO.File.WriteAllText($"{folder}/{name}", "<Project />");
    var references = NativePackages(cuda).Select(p => $"<PackageReference Include=\"{p}\" Version=\"{PackageVersion(p)}\" />");
    System.IO.File.WriteAllText($"{folder}/feed-probe.csproj", $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
          <ItemGroup>{string.Concat(references)}</ItemGroup>
        </Project>
        """);
    var settings = new ProcessSettings { Arguments = $"restore {folder} --verbosity quiet", RedirectStandardOutput = true, RedirectStandardError = true };
    Information("Asking the package feed for the native packages ...");
    if (StartProcess("dotnet", settings, out var output, out var errors) == 0)
        return new StackChoice("nuget", cuda, "the package feed has the native packages");
    var missing = output.Concat(errors).SelectMany(line => Regex.Matches(line, @"Unable to find (?:a stable )?package (\S+?)[\s.]*(?: |$)").Select(m => m.Groups[1].Value));
    var lacks = string.Join(", ", missing.Distinct().Order());
    return new StackChoice("system", cuda, lacks.Length > 0 ? $"the package feed lacks {lacks}" : "the package feed could not give the native packages");
}

string PackageVersion(string package) => XDocument.Load("Directory.Packages.props").Descendants("PackageVersion")
    .Single(e => e.Attribute("Include").Value == package).Attribute("Version").Value;

// The same choice as in Directory.Build.targets.
IEnumerable<string> NativePackages(bool cuda)
{
    yield return IsRunningOnMacOs() ? "Microsoft.ML.OnnxRuntime" : "Microsoft.ML.OnnxRuntime.Gpu";
    yield return IsRunningOnWindows() ? "TorchSharp-cuda-windows" : cuda && IsRunningOnLinux() ? "TorchSharp-cuda-linux" : "TorchSharp-cpu";
    yield return "Microsoft.ML.Tokenizers";
    yield return "OpenCvSharp4";
}
