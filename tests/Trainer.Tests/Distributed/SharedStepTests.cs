using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Distributed;

/// <summary>A step that is shared out against the same step as a whole: the paths that a small catalogue does not reach by itself.</summary>
public class SharedStepTests
{
    private const int MaxLength = 7, ItemCount = 14;
    private const double Tolerance = 1e-5;

    private static readonly ModelConfig Network = new() { Width = 12, Heads = 2, Layers = 1, FeedForward = 10, Experts = 3, Dropout = 0, AdaptorDropout = 0, Ids = true };

    [Theory]
    [InlineData(2, CandidateSet.Catalogue, BlockedContrast.MostScores, int.MaxValue, 0)]
    [InlineData(3, CandidateSet.Catalogue, 50, 12, 0)] // in blocks, and in parts
    [InlineData(3, CandidateSet.InBatch, BlockedContrast.MostScores, 12, 0)]
    [InlineData(2, CandidateSet.InBatch, BlockedContrast.MostScores, int.MaxValue, 0.5)]
    [InlineData(3, CandidateSet.Catalogue, 50, int.MaxValue, 0.5)]
    public void Loss_and_gradients_are_those_of_the_whole(int ranks, CandidateSet candidates, long mostScores, int mostEvents, double contrast)
    {
        using var scope = NewDisposeScope();
        var items = new Items(ItemCount, [9, 6], seed: 3);
        var log = Logs.Random(users: 9, items: ItemCount, longest: MaxLength, seed: 8);
        var examples = new ExamplePlanner(log, [true, true], MaxLength, ExampleForm.EveryPosition).Training();
        // So near to 1 that every history lacks a modality.
        var objective = new ObjectiveConfig { SequenceContrast = contrast, ItemDropChance = 1, FeatureDropChance = 0, CrossDomainChance = 0, HistoryModalityDropout = 0.9999999 };
        var models = Enumerable.Range(0, ranks + 1).Select(_ => Model(items)).ToList();

        var (loss, gradients) = Step(SingleProcess.Instance, models[ranks]);
        using var threads = new ThreadRanks(ranks);
        foreach (var (shared, sharedGradients) in threads.Run(rank => Step(rank, models[rank.Rank])))
        {
            Assert.Equal(loss, shared, Tolerance);
            Assert.Equal(gradients.Keys.Order(), sharedGradients.Keys.Order());
            foreach (var (name, gradient) in gradients)
            {
                double worst = gradient.Zip(sharedGradients[name], (a, b) => Math.Abs(a - b)).Max();
                Assert.True(worst <= Tolerance * Math.Max(1, gradient.Max(Math.Abs)), $"the gradient of {name} differs by {worst:g3}");
            }
        }

        Assert.True(gradients.Count > 20);

        (double Loss, Dictionary<string, float[]> Gradients) Step(ICommunicator of, Recommender model)
        {
            using var inner = NewDisposeScope();
            var training = new TrainingObjective(Network, objective) { MostScores = mostScores, Ranks = of };
            training.Reseed(5);
            var views = contrast > 0 ? new ViewBuilder(objective, new Random(4)) : null;
            var batch = new BatchBuilder(ItemCount, causal: true, CPU) { Catalogue = candidates == CandidateSet.Catalogue ? [.. Enumerable.Range(0, ItemCount)] : null, MostEvents = mostEvents, Ranks = of }
                .Build(examples, views);
            double sum = training.Differentiate(model, batch, items.Gather).item<float>();
            return (sum, model.named_parameters().Where(p => p.parameter.grad is not null).ToDictionary(p => p.name, p => p.parameter.grad!.data<float>().ToArray()));
        }
    }

    private static UniM2RecModel Model(Items items)
    {
        manual_seed(11);
        var model = new UniM2RecModel(new ModelInputs(Network, items.Widths, items.Count) { Domains = 2, MaxLength = MaxLength });
        model.eval();
        using var quiet = no_grad();
        foreach (var parameter in model.parameters()) parameter.add_(randn(parameter.shape).mul_(0.2));
        return model;
    }
}
