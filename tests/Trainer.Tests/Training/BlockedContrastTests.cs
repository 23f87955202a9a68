using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Training;

/// <summary>The full softmax in blocks of candidates against the whole matrix of logits: loss and every gradient, for each way to score.</summary>
public class BlockedContrastTests
{
    private const int ItemCount = 23;
    private const int Targets = 9;
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("unim2rec", CandidateFusionKind.Static, false)]
    [InlineData("sasrec", CandidateFusionKind.Static, true)]
    [InlineData("missrec", CandidateFusionKind.Static, false)]
    [InlineData("missrec", CandidateFusionKind.Shared, true)]
    [InlineData("missrec", CandidateFusionKind.Instance, true)]
    [InlineData("missrec", CandidateFusionKind.Instance, false, 3)]
    public void Loss_and_gradients_equal_those_of_all_logits_at_once(string kind, CandidateFusionKind fusion, bool ids, int modalities = 2)
    {
        using var scope = NewDisposeScope();
        var items = new Items(ItemCount, new[] { 9, 6, 5 }[..modalities], seed: 3);
        var network = new ModelConfig { Kind = kind, Width = 12, Heads = 2, FeedForward = 10, Ids = ids, Missrec = new() { Fusion = fusion } };
        var model = ModelRegistry.Find(kind).Create(new ModelInputs(network, items.Widths, ItemCount)
        {
            Collaborative = new() { SeenBias = true, ItemKnn = true, Transitions = true, Ease = true, Content = true, DomainsApart = true },
        });
        using (no_grad())
        {
            foreach (var parameter in model.parameters()) parameter.add_(randn(parameter.shape).mul_(0.2));
        }

        var states = Leaf(randn(Targets, 12));
        var whole = model.EncodeItems(items.Gather([.. Enumerable.Range(0, ItemCount)]));
        var vectors = whole.Map(t => t.is_floating_point() ? Leaf(t) : t.detach());
        var part = new SequencePart(null!, zeros(Targets), randint(0, ItemCount, Targets, dtype: ScalarType.Int64), Scores());
        int candidates = ItemCount - 2; // the last two are of histories alone

        var logits = model.Logits(states, vectors.First(candidates), part.Collaborative);
        var targets = part.TargetSlots.remainder(candidates);
        part = part with { TargetSlots = targets };
        var plain = SequenceItemContrast.Loss(logits, targets, null);
        (plain * 0.7).backward();
        var expected = Taken(model, states, vectors);

        foreach (int block in new[] { 1, 4, 7, candidates })
        {
            Forget(model, states, vectors);
            double loss = BlockedContrast.Differentiate(model, states, vectors, candidates, part, 0.7, mostScores: 4L * Targets * block).item<float>();

            Assert.Equal(plain.item<float>(), loss, Tolerance);
            var found = Taken(model, states, vectors);
            Assert.Equal(expected.Keys.Order(), found.Keys.Order());
            Assert.All(expected, e => Assert.True(
                e.Value.Zip(found[e.Key]).All(g => Math.Abs(g.First - g.Second) <= Tolerance * Math.Max(1, Math.Abs(g.First))), $"{e.Key} differs in blocks of {block}"));
        }

        Forget(model, states, vectors);
        GC.Collect(); // What earlier tests left to the collector would go in between.
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        BlockedContrast.Differentiate(model, states, vectors, candidates, part, 0.7, mostScores: 4L * Targets * 4).Dispose();
        Assert.Equal(before, Tensor.TotalCount);
        Assert.True(expected.Count > (kind == "missrec" ? 14 : 12));

        static Tensor Leaf(Tensor t) => t.detach().clone().requires_grad_();
    }

    /// <summary>What some histories say about the candidates, with every kind of strength.</summary>
    private static CollaborativeScores Scores()
    {
        const int Candidates = ItemCount - 2;
        int[] known = [0, 2, 3, 6, 7, 11, 12, 13, 20];
        return new CollaborativeScores(Positions(1), Sparse(2), Sparse(3), rand(Targets, known.Length).sub_(0.5).clamp_min_(0))
        {
            PredictedColumns = known,
            Content = rand(Targets, Candidates),
            Unknown = tensor(new long[] { 0, 6, 7, Candidates - 1 }),
            RelatedElsewhere = Sparse(4),
            FollowedElsewhere = Sparse(5),
        };

        static Tensor Positions(int seed)
        {
            var random = new Random(seed);
            return tensor(Enumerable.Range(0, Targets * Candidates).Where(_ => random.Next(3) == 0).Select(p => (long)p).ToArray());
        }

        static SparseScores Sparse(int seed)
        {
            var positions = Positions(seed);
            return new SparseScores(positions, rand(positions.shape[0]).add_(0.1));
        }
    }

    private static Dictionary<string, float[]> Taken(Recommender model, Tensor states, ItemVectors vectors) =>
        model.named_parameters().Select(p => (Name: p.name, Value: (Tensor)p.parameter))
            .Append((Name: "states", Value: states)).Concat(vectors.Tensors.Select((t, i) => (Name: $"vectors {i}", Value: t)))
            .Where(p => p.Value.grad is not null).ToDictionary(p => p.Name, p => p.Value.grad!.data<float>().ToArray());

    private static void Forget(Recommender model, Tensor states, ItemVectors vectors)
    {
        foreach (var tensor in model.parameters().Append(states).Concat(vectors.Tensors)) tensor.grad = null;
    }
}
