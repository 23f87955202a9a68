using System.Runtime.CompilerServices;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>
/// One thread for Torch unless a test asks for more: tensors are tiny here, and threads that spin for each other at the end of every operator take
/// twenty times as long as one does, where other work has the cores.
/// </summary>
internal static class WithThreads
{
    [ModuleInitializer]
    internal static void StartWithOne() => set_num_threads(1);

    /// <summary>Runs <paramref name="body"/> with so many threads.</summary>
    public static T Run<T>(int threads, Func<T> body)
    {
        set_num_threads(threads);
        try
        {
            return body();
        }
        finally
        {
            set_num_threads(1);
        }
    }
}
