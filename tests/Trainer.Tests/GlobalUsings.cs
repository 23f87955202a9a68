global using TorchSharp;
global using UniM2Rec.Catalogue;
global using UniM2Rec.Diagnostics;
global using UniM2Rec.Features;
global using static TorchSharp.torch;
