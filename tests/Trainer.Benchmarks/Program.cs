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
root.SetAction(parsed =>
{
    Console.WriteLine($"native libraries: {NativeSettings.Apply()}");
    TrainingBenchmark.Run(
        parsed.GetRequiredValue(dataset), parsed.GetRequiredValue(features), parsed.GetValue(steps), parsed.GetValue(precision),
        parsed.GetValue(model) == "missrec" ? "missrec" : "unisrec");
});
return args is ["combination", ..] ? combination.Parse(args[1..]).Invoke() : args is ["recommend", ..] ? recommending.Parse(args[1..]).Invoke() : root.Parse(args).Invoke();
