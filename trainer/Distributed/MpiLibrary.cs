using System.Runtime.InteropServices;

namespace UniM2Rec.Trainer.Distributed;

/// <summary>
/// An MPI library that is on the system. Its functions are the same everywhere; what its handles and constants are is the library's own, or, since MPI 5.0
/// (chapter 20), a standard.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private readonly nint _library;

    private MpiLibrary(nint library, string name) => (_library, Name) = (library, name);

    /// <summary>The file's name.</summary>
    public string Name { get; }

    /// <summary>MPI_COMM_WORLD.</summary>
    public nint World { get; private init; }

    /// <summary>MPI_FLOAT.</summary>
    public nint Float { get; private init; }

    /// <summary>MPI_BYTE.</summary>
    public nint Byte { get; private init; }

    /// <summary>MPI_SUM.</summary>
    public nint Add { get; private init; }

    /// <summary>MPI_IN_PLACE.</summary>
    public nint InPlace { get; private init; } = 1;

    /// <summary>MPI_STATUS_IGNORE.</summary>
    public nint NoStatus { get; private init; }

    /// <summary>MPI_THREAD_SERIALIZED: any thread may call, one at a time.</summary>
    public int OneThreadAtATime { get; private init; } = 2;

    /// <summary>Loads the library that belongs to the launcher.</summary>
    /// <param name="isOpenMpi">Whether Open MPI's launcher started the process: its own library then knows it, whatever else is installed.</param>
    /// <exception cref="UserErrorException">There is none.</exception>
    public static MpiLibrary Load(bool isOpenMpi)
    {
        (string File, Func<nint, string, MpiLibrary> Open)[] known = OperatingSystem.IsWindows()
            ? [("msmpi.dll", Microsoft)]
            : isOpenMpi ? [("libmpi.so.40", OpenMpi), ("libmpi_abi.so.0", Standard)] : [("libmpi_abi.so.0", Standard), ("libmpi.so.40", OpenMpi)];
        foreach (var (file, open) in known)
        {
            if (NativeLibrary.TryLoad(file, out nint library)) return open(library, file);
        }

        throw new UserErrorException(
            $"The environment says that this is one of several processes of MPI, but there is no MPI library that can be loaded ({string.Join(", ", known.Select(k => k.File))}); " +
            "install Open MPI's (Debian: libopenmpi3, in openmpi-bin), or MS-MPI on Windows, or start it without mpirun.");
    }

    /// <summary>A function's address.</summary>
    public nint this[string function] => NativeLibrary.TryGetExport(_library, function, out nint address)
        ? address
        : throw new UserErrorException($"The MPI library {Name} has no function {function}; install another one.");

    /// <summary>Open MPI 1.3 to 5: handles are addresses of objects in the library (mpi.h: OMPI_PREDEFINED_GLOBAL).</summary>
    private static MpiLibrary OpenMpi(nint library, string name) => new(library, name)
    {
        World = NativeLibrary.GetExport(library, "ompi_mpi_comm_world"),
        Float = NativeLibrary.GetExport(library, "ompi_mpi_float"),
        Byte = NativeLibrary.GetExport(library, "ompi_mpi_byte"),
        Add = NativeLibrary.GetExport(library, "ompi_mpi_op_sum"),
    };

    /// <summary>MPI 5.0, appendix A.</summary>
    private static MpiLibrary Standard(nint library, string name) => new(library, name) { World = 257, Float = 528, Byte = 583, Add = 33, OneThreadAtATime = 2048 };

    /// <summary>MS-MPI's mpi.h, whose handles are MPICH's.</summary>
    private static MpiLibrary Microsoft(nint library, string name) =>
        new(library, name) { World = 0x44000000, Float = 0x4c00040a, Byte = 0x4c00010d, Add = 0x58000003, InPlace = -1, NoStatus = 1 };
}
