// What the packages' native libraries need of the system: OpenCV's library is linked against GTK 3 (by Debian's name of the package, and by the
// file that it brings, for systems whose packages are called otherwise).
record SystemPackage(string Debian, string Library);

var systemPackages = new[] { new SystemPackage("libgtk-3-0", "libgtk-3.so.0") };

// Installs what is missing where it can; elsewhere it says what to do. A second run finds everything in place.
void InstallSystemPackages()
{
    if (!IsRunningOnLinux())
        return;
    var missing = systemPackages.Where(package => !IsLoadable(package.Library)).ToArray();
    if (missing.Length == 0)
        return;
    var libraries = string.Join(", ", missing.Select(package => package.Library));
    var install = $"install -y --no-install-recommends {string.Join(' ', missing.Select(package => package.Debian))}";
    if (!IsOnPath("apt-get"))
        throw new CakeException($"The system lacks {libraries}, which OpenCV needs, and there is no apt-get to install it with; install GTK 3 (Fedora: 'dnf install gtk3'; Arch: 'pacman -S gtk3'; Alpine is not supported) and run this again.");
    if (Environment.UserName != "root")
        throw new CakeException($"The system lacks {libraries}, which OpenCV needs; run these two commands, then this again:\n  sudo apt-get update\n  sudo apt-get {install}");
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
