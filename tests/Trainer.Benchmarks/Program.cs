using System.CommandLine;
using UniM2Rec.Benchmarks;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Sessions;

var dataset = new Option<string>("--dataset") { Description = "Folder of a catalogue with one domain.", Required = true };
var features = new Option<string>("--features") { Description = "Folder of its feature store.", Required = true };
var steps = new Option<int>("--steps") { Description = "Steps that are timed, after three that are not.", DefaultValueFactory = _ => 8 };
var model = new Option<string>("--model") { Description = "unisrec (text) or missrec (all modalities).", DefaultValueFactory = _ => "unisrec" };
model.AcceptOnlyFromAmong("unisrec", "missrec");
var precision = new Option<Precision>("--precision") { Description = "float32, bfloat16 or auto.", DefaultValueFactory = _ => Precision.Float32 };
var root = new RootCommand("Times training steps and full-ranking evaluation, with the machine's own matrix rate beside them in the same run.") { dataset, features, steps, model, precision };
var run = new Option<string>("--run") { Description = "Folder of a run with collaborative scores.", Required = true };
var combination = new Command("combination", "Shows where a run's network and its collaborative scores are good, alone and joined.") { run };
combination.SetAction(parsed => CombinationStudy.Run(parsed.GetRequiredValue(run)));
var users = new Option<int>("--users") { Description = "Users whose histories are made up.", DefaultValueFactory = _ => 8192 };
var recommending = new Command("recommend", "Times recommending to all users with the network alone.") { dataset, features, users };
recommending.SetAction(parsed =>
{
    Console.WriteLine($"native libraries: {NativeSettings.Apply()}");
    RecommendingBenchmark.Run(parsed.GetRequiredValue(dataset), parsed.GetRequiredValue(features), parsed.GetValue(users));
});
var preset = new Option<string>("--preset") { Description = "Settings that come with the trainer.", DefaultValueFactory = _ => "unim2rec-plus" };
var set = new Option<string[]>("--set") { Description = "One setting, as key=value; may be given often.", AllowMultipleArgumentsPerToken = false };
var ranked = new Option<int>("--users") { Description = "Users of the validation split that are ranked for.", DefaultValueFactory = _ => 2048 };
var whole = new Option<bool>("--whole") { Description = "Whether a whole epoch, its validation and the fit of the score combination follow." };
var scale = new Command("scale", "Shows time and memory of a run's stages; one case a process, as a peak never falls.") { preset, set, steps, ranked, whole };
scale.SetAction(parsed => ScaleBenchmark.Run(
    parsed.GetRequiredValue(preset), parsed.GetValue(set) ?? [], parsed.GetValue(steps), parsed.GetValue(ranked), parsed.GetValue(whole)));
var items = new Option<int>("--items") { Description = "Items.", DefaultValueFactory = _ => 1_000_000 };
var candidates = new Option<CandidateSet>("--candidates") { Description = "catalogue or sampled.", DefaultValueFactory = _ => CandidateSet.Sampled };
var threads = new Option<int>("--threads") { Description = "Processor threads; 0 = one a core." };
var madeUp = new Command("items", "Times a step and the ranking over any number of made-up items.") { items, candidates, steps, threads };
madeUp.SetAction(parsed =>
{
    NativeSettings.Apply();
    MadeUpMarket.Run(parsed.GetValue(items), parsed.GetValue(candidates), parsed.GetValue(steps), parsed.GetValue(threads));
});
var folder = new Option<string>("--folder") { Description = "Folder that everything is made in.", Required = true };
var events = new Option<int>("--events") { Description = "Interactions.", DefaultValueFactory = _ => 1_000_000 };
var sizes = new Option<int[]>("--sizes") { Description = "Measures each of these numbers of interactions, all stages, instead.", AllowMultipleArgumentsPerToken = true };
var chart = new Option<string>("--chart") { Description = "SVG file that shows what --sizes cost.", DefaultValueFactory = _ => "growth.svg" };
var growth = new Command("growth", "Makes up a long log (first call), builds it (second), opens it and trains (third); a process each, as a peak never falls.") { folder, events, steps, threads, sizes, chart };
growth.SetAction(parsed =>
{
    if (parsed.GetValue(sizes) is { Length: > 0 } several)
    {
        GrowthChart.Run(parsed.GetRequiredValue(folder), several, parsed.GetValue(steps), parsed.GetValue(threads), parsed.GetRequiredValue(chart));
        return;
    }

    NativeSettings.Apply();
    GrowthBenchmark.Run(parsed.GetRequiredValue(folder), parsed.GetValue(events), parsed.GetValue(steps), parsed.GetValue(threads));
});
root.SetAction(parsed =>
{
    Console.WriteLine($"native libraries: {NativeSettings.Apply()}");
    TrainingBenchmark.Run(
        parsed.GetRequiredValue(dataset), parsed.GetRequiredValue(features), parsed.GetValue(steps), parsed.GetValue(precision),
        parsed.GetValue(model) == "missrec" ? "missrec" : "unisrec");
});
return args is ["combination", ..] ? combination.Parse(args[1..]).Invoke() : args is ["recommend", ..] ? recommending.Parse(args[1..]).Invoke()
    : args is ["growth", ..] ? growth.Parse(args[1..]).Invoke() : args is ["items", ..] ? madeUp.Parse(args[1..]).Invoke() : args is ["scale", ..] ? scale.Parse(args[1..]).Invoke() : root.Parse(args).Invoke();
