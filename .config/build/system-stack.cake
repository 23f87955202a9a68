// Installs what the system stack needs and is not there yet; a second run finds everything in place.
const string OnnxRuntimeVersion = "0.4.9";

// Another libtorch than Debian's, such as the one inside a Python PyTorch.
string libtorch = Argument("libtorch", EnvironmentVariable("UNIM2REC_LIBTORCH") ?? "");

void SetUp(StackChoice choice)
{
    if (choice.Stack == "nuget")
        return;
    InstallDebianPackages();
    UnpackOnnxRuntime("com.github.asus4.onnxruntime", "artifacts/onnxruntime", "package/Runtime");
    if (choice.Cuda)
        UnpackOnnxRuntime(CudaProviderPackage(), "artifacts/onnxruntime-cuda");
    BuildNative("opencv", "compat/OpenCvSharp4/native");
    BuildNative("torch", "compat/TorchSharp/native", libtorch != "" ? $"-DCMAKE_PREFIX_PATH=\"{libtorch}\"" : "");
}

void InstallDebianPackages()
{
    var missing = MissingDebianPackages();
    if (missing.Length == 0)
        return;
    var install = $"apt-get install -y --no-install-recommends {string.Join(' ', missing)}";
    if (Environment.UserName != "root")
        throw new CakeException($"Set-up needs Debian packages that it may not install here; run these two commands as root, then set up again:\n  apt-get update\n  {install}");
    Information($"Installing {string.Join(", ", missing)} ...");
    Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    Retry("apt-get", () =>
    {
        RunQuietly("apt-get", "update -q");
        RunQuietly("apt-get", install["apt-get ".Length..] + " -q");
    });
}

// Libraries are asked of dpkg, tools of PATH: a compiler, CMake or npm from elsewhere serves as well.
string[] MissingDebianPackages()
{
    var tools = new (string Program, string[] Packages)[] { ("g++", ["g++"]), ("cmake", ["cmake"]), ("make", ["make"]), ("npm", ["nodejs", "npm"]) };
    var missing = tools.Where(tool => !IsOnPath(tool.Program)).SelectMany(tool => tool.Packages);
    List<string> libraries = ["libopencv-imgcodecs-dev", "libopencv-imgproc-dev"];
    if (libtorch == "")
        libraries.AddRange(["libtorch-dev", "libopenblas0-pthread"]);
    if (IsOnPath("dpkg-query"))
        return [.. missing, .. libraries.Where(package => !IsInstalled(package))];
    if (missing.Any())
        throw new CakeException($"Set-up needs {string.Join(", ", missing)}, and OpenCV's and libtorch's development files; this is not Debian, so install them by hand (on Debian: apt-get install {string.Join(' ', missing.Concat(libraries))}), then set up again.");
    return [];
}

bool IsInstalled(string package)
{
    var settings = new ProcessSettings { Arguments = $"-W -f ${{db:Status-Status}} {package}", RedirectStandardOutput = true, RedirectStandardError = true };
    return StartProcess("dpkg-query", settings, out var output) == 0 && output.Any(line => line.Trim() == "installed");
}

string CudaProviderPackage() => $"com.github.asus4.onnxruntime.{(IsRunningOnWindows() ? "win" : "linux")}-x64-gpu";

// Packs, unpacks the parts for this system and puts them in place as the last step.
void UnpackOnnxRuntime(string package, string folder, string sources = "")
{
    if (FileExists($"{folder}/package.json") && System.IO.File.ReadAllText($"{folder}/package.json").Contains($"\"version\": \"{OnnxRuntimeVersion}\""))
        return;
    Information($"Fetching {package} {OnnxRuntimeVersion} ...");
    var npm = "artifacts/obj/npm";
    var system = IsRunningOnWindows() ? "Windows" : IsRunningOnMacOs() ? "macOS" : "Linux";
    CleanDirectory(npm);
    EnsureDirectoryExists($"{npm}/unpacked");
    Retry("npm", () => RunQuietly(IsRunningOnWindows() ? "npm.cmd" : "npm", $"pack {package}@{OnnxRuntimeVersion} --silent --pack-destination {npm}"));
    RunQuietly("tar", $"-xzf {npm}/{package}-{OnnxRuntimeVersion}.tgz -C {npm}/unpacked --strip-components=1 package/package.json package/LICENSE package/Plugins/{system} {sources}");
    if (DirectoryExists(folder))
        DeleteDirectory(folder, new DeleteDirectorySettings { Recursive = true });
    MoveDirectory($"{npm}/unpacked", folder);
    CleanDirectory(npm);
}

// CMake itself compiles only what has changed.
void BuildNative(string name, string source, string options = "")
{
    var build = $"artifacts/obj/{name}-native";
    var before = $"{build}/options.txt";
    // CMake remembers where it found things; other options are another build.
    if (!FileExists(before) || System.IO.File.ReadAllText(before) != options)
        CleanDirectory(build);
    Information($"Native part of {name} ...");
    RunQuietly("cmake", $"-S {source} -B {build} -DCMAKE_BUILD_TYPE=Release {options}");
    System.IO.File.WriteAllText(before, options);
    RunQuietly("cmake", $"--build {build} --config Release --parallel");
    RunQuietly("cmake", $"--install {build} --config Release --prefix artifacts/native");
}
