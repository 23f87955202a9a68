using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// How the native libraries under Torch are set up, all in one place: read once, before Torch is loaded. Each setting can be turned off by an
/// environment variable (docs/CONFIG.md); what each brings is in docs/BENCHMARKS.md. None of them changes what is computed but for rounding.
/// </summary>
public static partial class NativeSettings
{
    /// <summary><c>off</c> leaves glibc's malloc as it is.</summary>
    public const string MallocVariable = "UNIM2REC_MALLOC";

    /// <summary><c>off</c> leaves the choice of matrix kernels to MKL.</summary>
    public const string MklVariable = "UNIM2REC_MKL";

    private static readonly Lazy<string> Applied = new(ApplyOnce);

    /// <summary>Applies the settings, the first time that it is called.</summary>
    /// <returns>What was done, in words for the log.</returns>
    public static string Apply() => Applied.Value;

    private static string ApplyOnce()
    {
        if (!OperatingSystem.IsLinux()) return "as the libraries come";
        var done = new List<string>();
        if (!IsOff(MallocVariable) && KeepFreedMemory()) done.Add("freed memory kept");
        if (!IsOff(MklVariable) && UseFastKernels()) done.Add("MKL with its fastest kernels");
        return done.Count == 0 ? "as the libraries come" : string.Join(", ", done);
    }

    private static bool IsOff(string variable) => string.Equals(Environment.GetEnvironmentVariable(variable), "off", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// glibc maps every large block anew and unmaps it when it is freed, so that each of a step's large tensors is zeroed by the kernel page by
    /// page. With neither mapping nor trimming, memory stays with the process and is used again.
    /// </summary>
    private static bool KeepFreedMemory()
    {
        const int trimThreshold = -1, mostMappings = -4; // M_TRIM_THRESHOLD, M_MMAP_MAX in malloc.h
        try
        {
            // Another allocator that is preloaded, or another C library, need not have it.
            return SetMallocOption(mostMappings, 0) == 1 && SetMallocOption(trimThreshold, int.MaxValue) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>
    /// The MKL inside libtorch takes its slower kernels on processors that are not Intel's: AVX2 where they have AVX-512, and lesser ones where
    /// they have AVX2. It asks a function that libtorch_cpu.so exports whether the processor is Intel's; the first bytes of that function become
    /// <c>mov eax, 1; ret</c>, in memory only. What the processor can do, MKL finds out by itself all the same. It must happen before the first
    /// matrix product, as MKL asks once.
    /// </summary>
    private static unsafe bool UseFastKernels()
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !Avx2.IsSupported || Vendor() == "GenuineIntel") return false;
        string path = Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so");
        if (!NativeLibrary.TryLoad(path, out nint torch) || !NativeLibrary.TryGetExport(torch, "mkl_serv_intel_cpu_true", out nint question)) return false;
        ReadOnlySpan<byte> yes = [0xB8, 1, 0, 0, 0, 0xC3];
        nint page = question & ~(nint)(Environment.SystemPageSize - 1);
        nuint length = (nuint)(question + yes.Length - page);
        const int read = 1, write = 2, execute = 4; // PROT_* in sys/mman.h
        if (Protect(page, length, read | write | execute) != 0) return false; // a hardened system may forbid it
        yes.CopyTo(new Span<byte>((void*)question, yes.Length));
        _ = Protect(page, length, read | execute);
        return true;
    }

    private static string Vendor()
    {
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([b, d, c]));
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetMallocOption(int option, int value);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);
}
