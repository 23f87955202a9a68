// What the packages' native libraries need of the system, and what the tests do: OpenCV's library is linked against GTK 3; trainings by several processes are tried
// with Open MPI (by Debian's name of the package, and by a file that it brings, for systems whose packages are called otherwise).
record SystemPackage(string Debian, string File, string Why, Func<string, bool> IsThere);

var systemPackages = new[] { new SystemPackage("libgtk-3-0", "libgtk-3.so.0", "OpenCV needs it", IsLoadable) };
var testPackages = new[] { new SystemPackage("openmpi-bin", "mpirun", "the tests of several processes need it", IsOnPath) };

// Installs what is missing where it can; elsewhere it says what to do. A second run finds everything in place.
void InstallSystemPackages() => Install(systemPackages, isNeeded: true);

// Without it, the tests that need it are skipped and say so.
void InstallTestPackages() => Install(testPackages, isNeeded: false);

void Install(SystemPackage[] packages, bool isNeeded)
{
    if (!IsRunningOnLinux())
        return;
    var missing = packages.Where(package => !package.IsThere(package.File)).ToArray();
    if (missing.Length == 0)
        return;
    var libraries = string.Join(", ", missing.Select(package => $"{package.File} ({package.Why})"));
    var install = $"install -y --no-install-recommends {string.Join(' ', missing.Select(package => package.Debian))}";
    var problem = !IsOnPath("apt-get")
        ? $"The system lacks {libraries}, and there is no apt-get to install it with; install GTK 3 (Fedora: 'dnf install gtk3'; Arch: 'pacman -S gtk3'; Alpine is not supported) and, for the tests, Open MPI, and run this again."
        : Environment.UserName != "root"
            ? $"The system lacks {libraries}; run these two commands, then this again:\n  sudo apt-get update\n  sudo apt-get {install}"
            : null;
    if (problem is not null && isNeeded)
        throw new CakeException(problem);
    if (problem is not null)
    {
        Warning(problem);
        return;
    }
    Information($"Installing {string.Join(", ", missing.Select(package => package.Debian))} ...");
    Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    Retry("apt-get", () =>
    {
        RunQuietly("apt-get", "update -q");
        RunQuietly("apt-get", $"{install} -q");
    });
}

// The loader itself is asked: it knows libraries that came without a package too.
bool IsLoadable(string library)
{
    if (!System.Runtime.InteropServices.NativeLibrary.TryLoad(library, out var handle))
        return false;
    System.Runtime.InteropServices.NativeLibrary.Free(handle);
    return true;
}
