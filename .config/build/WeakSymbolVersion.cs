using System;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF library (64 bits, little-endian) and marks one version that it asks of another library as weak, so that the loader accepts a system
/// whose library lacks it. Where the system's library has the version, the copy is the same to the byte.
/// </summary>
/// <remarks>
/// Format: "Symbol Versioning" in the Linux Standard Base Core Specification, part "Object Format"; VER_FLG_WEAK is 2. A library may be so treated
/// only where nothing calls what the version stands for: the loader leaves such symbols unresolved.
/// </remarks>
public sealed class WeakSymbolVersion : Task
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    /// <summary>The library that is copied.</summary>
    [Required]
    public string Source { get; set; } = "";

    /// <summary>Where the copy goes.</summary>
    [Required]
    public string Target { get; set; } = "";

    /// <summary>The version that the library asks for.</summary>
    [Required]
    public string Version { get; set; } = "";

    /// <summary>The library that should have it: a name that the loader finds, or a path.</summary>
    [Required]
    public string Provider { get; set; } = "";

    public override bool Execute()
    {
        try
        {
            byte[] library = File.ReadAllBytes(Source);
            if (!Contains(File.ReadAllBytes(PathOf(Provider)), Encoding.ASCII.GetBytes(Version + "\0")))
                Log.LogMessage(MessageImportance.High, "{0}: {1} lacks {2}, which is made weak in {3} ({4} place).", Path.GetFileName(Source), Provider, Version, Target, MakeWeak(library));
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Target)));
            File.WriteAllBytes(Target, library);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or DllNotFoundException or ArgumentOutOfRangeException)
        {
            Log.LogError("{0} could not be made ready for an older {1}: {2}", Source, Provider, e.Message);
            return false;
        }
    }

    /// <summary>Where the loader finds a library: what it has mapped says so.</summary>
    private static string PathOf(string provider)
    {
        if (File.Exists(provider))
            return provider;
        if (Open(provider, 1) == IntPtr.Zero)
            throw new InvalidDataException($"the system's loader does not find {provider}.");
        // What is mapped is the file behind the link, such as libstdc++.so.6.0.30 behind libstdc++.so.6.
        var mapped = File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.Contains("/" + provider));
        return mapped is null ? throw new InvalidDataException($"{provider} was loaded, but it is not among the process's mapped files.") : mapped.Substring(mapped.IndexOf('/'));
    }

    // Task code is compiled against .NET Standard 2.0, which has no NativeLibrary.
    [DllImport("libdl.so.2", EntryPoint = "dlopen")]
    private static extern IntPtr Open(string name, int flags);

    private static bool Contains(byte[] content, byte[] wanted)
    {
        for (int at = Array.IndexOf(content, wanted[0]); at >= 0 && at + wanted.Length <= content.Length; at = Array.IndexOf(content, wanted[0], at + 1))
        {
            int i = 1;
            while (i < wanted.Length && content[at + i] == wanted[i]) i++;
            if (i == wanted.Length) return true;
        }

        return false;
    }

    private int MakeWeak(byte[] library)
    {
        if (library.Length < 64 || !library.Take(6).SequenceEqual(new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1 }))
            throw new InvalidDataException("it is not an ELF library of 64 bits in little-endian order.");
        ulong Number(long at, int size)
        {
            ulong value = 0;
            for (int i = size - 1; i >= 0; i--) value = (value << 8) | library[(int)at + i];
            return value;
        }

        // Section headers: 64 bytes each; type at 4, offset at 24, linked section at 40.
        long headers = (long)Number(40, 8);
        int count = (int)Number(60, 2);
        long Header(long section) => headers + (section * 64);
        int changed = 0;
        foreach (var section in Enumerable.Range(0, count).Select(i => Header(i)).Where(at => Number(at + 4, 4) == VersionNeeds))
        {
            long names = (long)Number(Header((long)Number(section + 40, 4)) + 24, 8);
            for (long need = (long)Number(section + 24, 8); ; need += (long)Number(need + 12, 4))
            {
                for (long entry = need + (long)Number(need + 8, 4); ; entry += (long)Number(entry + 12, 4))
                {
                    int name = (int)(names + (long)Number(entry + 8, 4));
                    int length = Array.IndexOf(library, (byte)0, name) - name;
                    if (Encoding.ASCII.GetString(library, name, length) == Version)
                    {
                        library[entry + 4] |= (byte)Weak;
                        changed++;
                    }

                    if (Number(entry + 12, 4) == 0) break;
                }

                if (Number(need + 12, 4) == 0) break;
            }
        }

        return changed;
    }
}
