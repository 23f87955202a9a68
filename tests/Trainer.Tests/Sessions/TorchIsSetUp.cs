using System.Runtime.CompilerServices;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>Tests run with the settings that the program runs with.</summary>
internal static class TorchIsSetUp
{
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "The settings must be there before the first test touches Torch.")]
    internal static void BeforeAnyTest() => NativeSettings.Apply();
}
