global using UniM2Rec.Catalogue;
global using UniM2Rec.CommandLine;
global using UniM2Rec.Configuration;
global using UniM2Rec.Diagnostics;
global using UniM2Rec.Features;
global using UniM2Rec.Numerics;
global using UniM2Rec.SafeTensors;
global using UniM2Rec.Storage;
