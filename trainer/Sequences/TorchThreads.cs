using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sequences;

/// <summary>Loops of our own keep to the number of threads that Torch was given (<c>training.threads</c>).</summary>
internal static class TorchThreads
{
    /// <summary>For <see cref="Parallel"/>.</summary>
    public static ParallelOptions Limit => new() { MaxDegreeOfParallelism = get_num_threads() };
}
