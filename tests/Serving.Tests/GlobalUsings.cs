global using UniM2Rec.Catalogue;
global using UniM2Rec.Diagnostics;
global using UniM2Rec.Exported;
global using UniM2Rec.Features;

// Torch uses every core by itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
