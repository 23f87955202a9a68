using System.Runtime.CompilerServices;

namespace UniM2Rec.Tests.Fixtures;

/// <summary>
/// One thread for Torch: tensors are tiny here, and threads that wait for each other at the end of every operator take twenty times as long
/// as one does, where other work has the cores. What must hold with more threads has a test that asks for them.
/// </summary>
internal static class TorchSettings
{
    [ModuleInitializer]
    internal static void UseOneThread() => set_num_threads(1);
}
