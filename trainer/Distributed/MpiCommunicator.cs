using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Distributed;

/// <summary>The processes that one launcher of MPI started, by the library that it belongs to.</summary>
public sealed unsafe partial class MpiCommunicator : ICommunicator
{
    /// <summary>Numbers that are summed at once, at most: large enough for the network, small enough that several are under way.</summary>
    private const int Bucket = 1 << 20;

    private readonly MpiLibrary _mpi;
    private readonly delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, nint*, int> _sum;
    private readonly delegate* unmanaged[Cdecl]<nint*, int*, nint, int> _test;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, void*, int*, int*, nint, nint, int> _gather;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int> _broadcast;
    private readonly delegate* unmanaged[Cdecl]<nint, nint*, int> _barrier;
    private bool _isOver;

    private MpiCommunicator(MpiLibrary mpi, Launch launch)
    {
        _mpi = mpi;
        (LocalRank, Sharing) = (launch.LocalRank, launch.Sharing);
        _sum = (delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, nint*, int>)mpi["MPI_Iallreduce"];
        _test = (delegate* unmanaged[Cdecl]<nint*, int*, nint, int>)mpi["MPI_Test"];
        _gather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int*, int*, nint, nint, int>)mpi["MPI_Allgatherv"];
        _broadcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int>)mpi["MPI_Bcast"];
        _barrier = (delegate* unmanaged[Cdecl]<nint, nint*, int>)mpi["MPI_Ibarrier"];
        int provided, rank, size;
        Require(((delegate* unmanaged[Cdecl]<nint, nint, int, int*, int>)mpi["MPI_Init_thread"])(0, 0, mpi.OneThreadAtATime, &provided), "MPI_Init_thread");
        Require(((delegate* unmanaged[Cdecl]<nint, int*, int>)mpi["MPI_Comm_rank"])(mpi.World, &rank), "MPI_Comm_rank");
        Require(((delegate* unmanaged[Cdecl]<nint, int*, int>)mpi["MPI_Comm_size"])(mpi.World, &size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
        if (provided < mpi.OneThreadAtATime) throw new UserErrorException($"The MPI library {mpi.Name} lets its first thread alone call it, but training calls it from others; install one that was built with threads.");
        if (size != launch.Size) throw new UserErrorException($"The launcher started {launch.Size} processes, but the MPI library {mpi.Name} knows of {size}; start with the mpirun that belongs to this library.");
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public int LocalRank { get; }

    /// <inheritdoc/>
    public int Sharing { get; }

    /// <summary>Joins the processes that the launcher started with this one; a process that it started alone, or that nobody of MPI started, stays alone.</summary>
    /// <exception cref="UserErrorException">The library is not there, or not the launcher's.</exception>
    public static ICommunicator Join()
    {
        if (Launch.OfThisProcess() is not { Size: > 1 } launch) return SingleProcess.Instance;
        // UCX, which Open MPI may load, takes over signals by which .NET knows of a null reference.
        if (OperatingSystem.IsLinux()) _ = SetVariable("UCX_ERROR_SIGNALS", "", overwrite: 0);
        return new MpiCommunicator(MpiLibrary.Load(launch.IsOpenMpi), launch);
    }

    /// <inheritdoc/>
    public void Sum(IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count == 0) return;
        using var scope = NewDisposeScope();
        var flat = Flat(tensors);
        Sum(flat);
        Return(flat, tensors);
    }

    /// <inheritdoc/>
    public Task BeginSum(IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count == 0) return Task.CompletedTask;
        Tensor flat;
        using (NewDisposeScope()) flat = Flat(tensors).DetachFromDisposeScope();
        return Task.Factory.StartNew(
            () =>
            {
                using (flat)
                {
                    Sum(flat);
                    Return(flat, tensors);
                }
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public Tensor Gather(Tensor own, IReadOnlyList<int> rows)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        long[] shape = [rows.Sum(), .. own.shape[1..]];
        var sent = own.detach().cpu().contiguous();
        var all = empty(shape, dtype: own.dtype);
        long width = shape[1..].Aggregate(1L, (a, b) => a * b) * own.element_size();
        if (width * rows.Sum() > int.MaxValue) throw new UserErrorException($"A step gathers {width * rows.Sum():N0} bytes of item vectors from the processes, and MPI takes {int.MaxValue:N0} at most; take sampled candidates (objective.candidates=sampled) or a smaller width.");
        int[] counts = [.. rows.Select(r => (int)(r * width))], places = new int[Size];
        for (int r = 1; r < Size; r++) places[r] = places[r - 1] + counts[r - 1];
        fixed (int* many = counts, at = places)
        {
            Require(_gather(Address(sent), counts[Rank], _mpi.Byte, Address(all), many, at, _mpi.Byte, _mpi.World), "MPI_Allgatherv");
        }

        GC.KeepAlive(sent);
        return all.to(own.device).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
        using var quiet = no_grad();
        foreach (var tensor in tensors)
        {
            using var scope = NewDisposeScope();
            var values = tensor.detach().cpu().contiguous();
            long bytes = values.numel() * values.element_size();
            for (long first = 0; first < bytes; first += 1 << 30)
                Require(_broadcast((byte*)Address(values) + first, (int)Math.Min(1 << 30, bytes - first), _mpi.Byte, 0, _mpi.World), "MPI_Bcast");
            if (Rank > 0) tensor.copy_(values);
        }
    }

    /// <inheritdoc/>
    public string Broadcast(string text)
    {
        Wait();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int length = bytes.Length;
        Require(_broadcast(&length, sizeof(int), _mpi.Byte, 0, _mpi.World), "MPI_Bcast");
        if (Rank > 0) bytes = new byte[length];
        fixed (byte* first = bytes)
        {
            if (length > 0) Require(_broadcast(first, length, _mpi.Byte, 0, _mpi.World), "MPI_Bcast");
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <inheritdoc/>
    public void Wait()
    {
        nint request;
        Require(_barrier(_mpi.World, &request), "MPI_Ibarrier");
        while (!IsDone(&request)) Thread.Sleep(1);
    }

    /// <inheritdoc/>
    public void Abort(int code)
    {
        _isOver = true;
        _ = ((delegate* unmanaged[Cdecl]<nint, int, int>)_mpi["MPI_Abort"])(_mpi.World, code);
    }

    /// <summary>Leaves, once all do.</summary>
    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        _ = ((delegate* unmanaged[Cdecl]<int>)_mpi["MPI_Finalize"])();
    }

    /// <summary>Sums flat numbers in buckets, all of which are under way at once. MPI moves them on while it is called, so this keeps asking.</summary>
    private void Sum(Tensor flat)
    {
        float* values = (float*)Address(flat);
        long count = flat.numel();
        nint[] requests = new nint[(count + Bucket - 1) / Bucket];
        fixed (nint* first = requests)
        {
            for (int b = 0; b < requests.Length; b++)
            {
                long from = (long)b * Bucket;
                Require(_sum(_mpi.InPlace, values + from, (int)Math.Min(Bucket, count - from), _mpi.Float, _mpi.Add, _mpi.World, first + b), "MPI_Iallreduce");
            }

            // Yields where it has to wait: there may be fewer processors than processes.
            var wait = default(SpinWait);
            for (int b = 0; b < requests.Length; b++)
            {
                while (!IsDone(first + b)) wait.SpinOnce(sleep1Threshold: -1);
            }
        }

        GC.KeepAlive(flat);
    }

    private bool IsDone(nint* request)
    {
        int done;
        Require(_test(request, &done, _mpi.NoStatus), "MPI_Test");
        return done != 0;
    }

    private static Tensor Flat(IReadOnlyList<Tensor> tensors)
    {
        using var quiet = no_grad();
        var parts = tensors.Select(t => t.detach().reshape(-1).cpu()).ToArray();
        // A copy in any case: with one tensor it might be that tensor itself, which is fine where the caller waits, but not while it goes on.
        return parts is [var only] ? only.clone() : cat(parts, 0);
    }

    private static void Return(Tensor flat, IReadOnlyList<Tensor> tensors)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        long first = 0;
        foreach (var tensor in tensors)
        {
            tensor.copy_(flat.narrow(0, first, tensor.numel()).reshape(tensor.shape));
            first += tensor.numel();
        }
    }

    private static void* Address(Tensor tensor)
    {
        if (tensor.numel() == 0) return null;
        fixed (byte* first = &MemoryMarshal.GetReference(tensor.bytes)) return first; // Torch's memory does not move.
    }

    /// <summary>Libraries end the job themselves where a call fails, unless they are told not to; this is for those that don't.</summary>
    private static void Require(int code, string call)
    {
        if (code != 0) throw new UserErrorException($"The processes of this training can't talk to each other any more ({call} gave {code}); look at the network and the other machines, and go on with --resume.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
