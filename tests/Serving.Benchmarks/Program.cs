using System.CommandLine;
using UniM2Rec.Benchmarks;

var from = new Option<string>("--from") { Description = "An exported recommender whose user side is taken; its score must be a product.", Required = true };
var items = new Option<int>("--items") { Description = "Items that are made up.", DefaultValueFactory = _ => 1_000_000 };
var output = new Option<string>("--out") { Description = "Folder to make.", Required = true };
var root = new RootCommand("Makes an export of made-up items, without collaborative scores, to time unim2rec-serve with (bench.sh does).") { from, items, output };
root.SetAction(parsed => MadeUpExport.Write(parsed.GetRequiredValue(from), parsed.GetValue(items), parsed.GetRequiredValue(output)));
return root.Parse(args).Invoke();
