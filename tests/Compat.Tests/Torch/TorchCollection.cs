namespace UniM2Rec.Tests.Torch;

/// <summary>The default generator and the count of live tensors belong to the process: these tests run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class TorchCollection
{
    public const string Name = "torch";
}
