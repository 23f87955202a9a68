using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Distributed;

/// <summary>
/// What the processes that train one model together say to each other. Every call but <see cref="Abort"/> is made by all of them, in the same order,
/// with as many numbers. Tensors are of float32 unless said otherwise, and may be on any device.
/// </summary>
public interface ICommunicator : IDisposable
{
    /// <summary>Number of this process, from 0; the first one alone writes and speaks.</summary>
    int Rank { get; }

    /// <summary>Number of processes.</summary>
    int Size { get; }

    /// <summary>Number of this process among those of its machine, from 0.</summary>
    int LocalRank { get; }

    /// <summary>Number of processes that share the processors which this one may use.</summary>
    int Sharing { get; }

    /// <summary>Replaces each tensor by its sum over the processes, the same to the last bit in all of them.</summary>
    /// <param name="tensors">Of the same shapes everywhere.</param>
    void Sum(IReadOnlyList<Tensor> tensors);

    /// <summary>Begins <see cref="Sum"/>; until the task has ended, nothing else may be asked, and the tensors may not be touched.</summary>
    /// <param name="tensors">Of the same shapes everywhere.</param>
    Task BeginSum(IReadOnlyList<Tensor> tensors);

    /// <summary>What the processes have, one after the other along the first axis.</summary>
    /// <param name="own">[rows of this process, ...], of any type; a tensor on its device.</param>
    /// <param name="rows">By process: its rows.</param>
    /// <returns>[sum of the rows, ...]</returns>
    Tensor Gather(Tensor own, IReadOnlyList<int> rows);

    /// <summary>Gives each tensor the first process's values.</summary>
    /// <param name="tensors">Of any type, and of the same shapes everywhere.</param>
    void Broadcast(IReadOnlyList<Tensor> tensors);

    /// <summary>The first process's text.</summary>
    /// <param name="text">What the first process has; others' is not looked at.</param>
    string Broadcast(string text);

    /// <summary>Waits, without keeping a processor busy, until all are here.</summary>
    void Wait();

    /// <summary>Ends all processes at once.</summary>
    /// <param name="code">The exit code.</param>
    void Abort(int code);
}

/// <summary>A process that trains alone; nothing is loaded for it.</summary>
public sealed class SingleProcess : ICommunicator
{
    /// <summary>The only one that is needed.</summary>
    public static SingleProcess Instance { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Size => 1;

    /// <inheritdoc/>
    public int LocalRank => 0;

    /// <inheritdoc/>
    public int Sharing => 1;

    /// <inheritdoc/>
    public void Sum(IReadOnlyList<Tensor> tensors)
    {
    }

    /// <inheritdoc/>
    public Task BeginSum(IReadOnlyList<Tensor> tensors) => Task.CompletedTask;

    /// <inheritdoc/>
    public Tensor Gather(Tensor own, IReadOnlyList<int> rows) => own;

    /// <inheritdoc/>
    public void Broadcast(IReadOnlyList<Tensor> tensors)
    {
    }

    /// <inheritdoc/>
    public string Broadcast(string text) => text;

    /// <inheritdoc/>
    public void Wait()
    {
    }

    /// <inheritdoc/>
    public void Abort(int code)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
