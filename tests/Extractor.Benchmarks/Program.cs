using System.CommandLine;
using UniM2Rec.Benchmarks;

var items = new Option<int>("--items") { Description = "Items of the catalogue that is made.", DefaultValueFactory = _ => 1024 };
var pictureSide = new Option<int>("--picture-side") { Description = "Side of its JPEG pictures in pixels.", DefaultValueFactory = _ => 224 };
var rounds = new Option<int>("--rounds") { Description = "Pairs of runs; the middle ratio counts.", DefaultValueFactory = _ => 3 };
var mobileNet = new Option<string?>("--mobilenet") { Description = "A MobileNetV2 as ONNX (pixel_values from -1 to 1, output 'embedding').", HelpName = "file" };
var only = new Option<string[]>("--only") { Description = $"Some of {string.Join(", ", BenchmarkPacks.Names)} (default: all).", AllowMultipleArgumentsPerToken = true };
only.AcceptOnlyFromAmong([.. BenchmarkPacks.Names]);
var root = new RootCommand("Times whole extractions against the bare session on preloaded tensors of the same batches, in turns, in one process.") { items, pictureSide, rounds, mobileNet, only };
root.SetAction(parsed => ExtractionBenchmark.Run(
    parsed.GetValue(items), parsed.GetValue(pictureSide), parsed.GetValue(rounds), parsed.GetValue(mobileNet), parsed.GetValue(only) is { Length: > 0 } given ? given : [.. BenchmarkPacks.Names]));
return root.Parse(args).Invoke();
