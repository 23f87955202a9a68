using System.CommandLine;
using UniM2Rec.Benchmarks;

var rows = new Option<int>("--rows") { Description = "Rows of the store that is made.", DefaultValueFactory = _ => 100_000 };
var width = new Option<int>("--width") { Description = "Numbers a row.", DefaultValueFactory = _ => 768 };
var rounds = new Option<int>("--rounds") { Description = "Turns of ours and numpy's; the middle ratio counts.", DefaultValueFactory = _ => 7 };
var openRows = new Option<int>("--open-rows") { Description = "Rows of the store whose opening is timed, in processes of its own.", DefaultValueFactory = _ => 1_000_000 };
var python = new Option<string>("--python") { Description = "A Python with numpy.", DefaultValueFactory = _ => "python3" };
var open = new Option<string?>("--open") { Description = "Only open this store, read a row, find an item, and print the milliseconds." };
var checksums = new Option<bool>("--checksums") { Description = "Only time what comparing checksums costs; needs no Python." };
var grow = new Option<int>("--grow") { Description = "Only time how stores of a hundredth, a tenth and all of --rows take in this many new items; needs no Python." };
var root = new RootCommand("Times reading a feature store, in turns with numpy's memmap over the same numbers.") { rows, width, rounds, openRows, python, open, checksums, grow };
root.SetAction(parsed => parsed.GetValue(open) is { } store
    ? StoreOpening.Print(store)
    : parsed.GetValue(grow) > 0
    ? StoreGrowing.Run(parsed.GetValue(rows), parsed.GetValue(width), parsed.GetValue(grow))
    : parsed.GetValue(checksums)
    ? StoreBenchmark.RunChecksums(parsed.GetValue(rows), parsed.GetValue(width), parsed.GetValue(rounds))
    : StoreBenchmark.Run(parsed.GetValue(rows), parsed.GetValue(width), parsed.GetValue(rounds), parsed.GetValue(openRows), parsed.GetRequiredValue(python)));
return root.Parse(args).Invoke();
