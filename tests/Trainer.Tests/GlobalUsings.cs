global using TorchSharp;
global using UniM2Rec.Catalogue;
global using UniM2Rec.Diagnostics;
global using UniM2Rec.Features;
global using static TorchSharp.torch;

// Torch uses every core by itself, and live tensors are counted over the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
