using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Tests.Evaluation;

public class FullRankingTests
{
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(7 * 5)]
    [InlineData(1)]
    public void Masked_history_never_appears_among_the_best(int mostScores)
    {
        using var scope = NewDisposeScope();
        var log = Logs.Random(users: 20, items: 12, longest: 8, seed: 3);
        using var ranked = new ScoredByItemNumber(12);
        var examples = new ExamplePlanner(log, [true, true], 10, UniM2Rec.Trainer.Configuration.ExampleForm.Prefix).Newest();
        int shown = 0;
        ranked.Ranking(batchUsers: 7, maskHistory: true, mostScores, leftOut: [2, 10]).Top(examples, 4, (example, slots, scores) =>
        {
            int[] seen = log.Items(example.First, example.End).ToArray();
            // The model scores an item by its number, so the best are the highest numbers that were not seen.
            Assert.Equal(Enumerable.Range(0, 12).Except(seen).Except([2, 10]).OrderDescending().Take(4), slots);
            shown++;
        }, CancellationToken.None);
        Assert.Equal(20, shown);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(3, false)]
    [InlineData(100, false)]
    [InlineData(3, false, 3 * 5)]
    [InlineData(100, false, 100 * 4)]
    [InlineData(100, true, 100 * 5)]
    [InlineData(3, true, 1)]
    public void Rank_is_one_plus_the_number_of_higher_scores_whatever_the_tiles(int batchUsers, bool maskHistory, int mostScores = 1 << 20)
    {
        using var scope = NewDisposeScope();
        var log = Logs.Random(users: 20, items: 12, longest: 8, seed: 4);
        using var ranked = new ScoredByItemNumber(12);
        var split = HeldOutSplit.LeaveOneOut(log, [true, true]);
        var examples = new ExamplePlanner(log, [true, true], 10, UniM2Rec.Trainer.Configuration.ExampleForm.Prefix).HeldOut(split.Test);
        var ranks = ranked.Ranking(batchUsers, maskHistory, mostScores).Ranks(examples, Progress.None.Start("", null, "users"), CancellationToken.None);

        Assert.Equal(examples.Select(w => new Rank(Enumerable.Range(w.LastTargetItem + 1, 11 - w.LastTargetItem).Count(item => !maskHistory || !log.Items(log.FirstEvent(w.User), w.End).Contains(item)))), ranks);
    }

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(3 * 2)]
    [InlineData(1)]
    public void A_target_stands_in_the_middle_of_what_it_is_tied_with(int mostScores)
    {
        using var scope = NewDisposeScope();
        var log = Logs.Of([0, 1, 2], [0, 1, 5], [3, 4, 6]);
        // Items 0 to 4 are alike, 5 is above them and 6 below.
        using var ranked = new ScoredByItemNumber([2, 2, 2, 2, 2, 3, 1]);
        var examples = new ExamplePlanner(log, [true], 10, UniM2Rec.Trainer.Configuration.ExampleForm.Prefix).HeldOut([.. Enumerable.Range(0, log.UserCount).Select(user => new HeldOutEvent(user, log.EndEvent(user) - 1))]);
        Rank[] Ranks(bool mask) => ranked.Ranking(7, mask, mostScores).Ranks(examples, Progress.None.Start("", null, "users"), CancellationToken.None);

        Assert.Equal([new Rank(1, 4), new Rank(0), new Rank(6)], Ranks(mask: false));
        Assert.Equal([new Rank(1, 2), new Rank(0), new Rank(4)], Ranks(mask: true)); // the histories, two items each, are out of it
    }

    [Fact]
    public void Where_nothing_can_be_told_apart_everybody_has_the_middle_rank()
    {
        using var scope = NewDisposeScope();
        var log = Logs.Random(users: 20, items: 12, longest: 8, seed: 4);
        using var ranked = new ScoredByItemNumber(new float[12]);
        var examples = new ExamplePlanner(log, [true, true], 10, UniM2Rec.Trainer.Configuration.ExampleForm.Prefix).HeldOut(HeldOutSplit.LeaveOneOut(log, [true, true]).Test);
        Assert.All(ranked.Ranking(7, maskHistory: false).Ranks(examples, Progress.None.Start("", null, "users"), CancellationToken.None), rank => Assert.Equal(6.5, rank.Middle));
    }

    [Fact]
    public void Items_that_are_alike_are_tied_in_whatever_tile_they_stand()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        const int Items = 3000, Copies = 4, Width = 48;
        var one = nn.functional.normalize(randn(Items / Copies, Width), dim: -1);
        var log = Logs.Random(users: 60, items: Items, longest: 8, seed: 4);
        var network = new UniM2Rec.Trainer.Configuration.ModelConfig { Width = Width, Heads = 2, Kind = "sasrec", Ids = true };
        using var model = ModelRegistry.Find("sasrec").Create(new ModelInputs(network, [], Items));
        model.eval();
        using var catalogue = EncodedCatalogue.Of(new SingleVectors(randn(Items, Width), one.repeat([Copies, 1])), [.. Enumerable.Range(0, Items)], Items);
        var examples = new ExamplePlanner(log, [true, true], 10, UniM2Rec.Trainer.Configuration.ExampleForm.Prefix).HeldOut(HeldOutSplit.LeaveOneOut(log, [true, true]).Test);
        Rank[] Ranks(int tile) => new FullRanking(model, catalogue, null) { BatchUsers = 16, MostScores = 16 * tile }.Ranks(examples, Progress.None.Start("", null, "users"), CancellationToken.None);

        var whole = Ranks(Items);
        Assert.All(whole, rank => Assert.Equal(Copies - 1, rank.Tied));
        Assert.All(new[] { 290, 611, 1499 }, tile => Assert.Equal(whole, Ranks(tile)));
    }

    [Theory]
    [InlineData(10, 1 << 20)]
    [InlineData(3, 7 * 5)]
    public void Where_own_events_count_apart_scores_are_those_of_two_networks_passes(int maxLength, int mostScores)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        const int Items = 20, Width = 8;
        var log = Logs.Random(users: 30, items: Items, longest: 14, seed: 12);
        var network = new UniM2Rec.Trainer.Configuration.ModelConfig { Width = Width, Heads = 2, Kind = "sasrec", Ids = true };
        using var model = ModelRegistry.Find("sasrec").Create(new ModelInputs(network, [], Items) { Collaborative = new() { OwnEvents = true }, MaxLength = maxLength });
        model.eval();
        var vectors = new SingleVectors(randn(Items, Width), randn(Items, Width));
        int[] rows = [.. Enumerable.Range(0, Items)];
        using var catalogue = EncodedCatalogue.Of(vectors, rows, Items);
        var examples = new ExamplePlanner(log, [true, false], maxLength, UniM2Rec.Trainer.Configuration.ExampleForm.Prefix).Newest();
        var ranking = new FullRanking(model, catalogue, new CollaborativeScorer(rows, Items)) { BatchUsers = 7, MostScores = mostScores };
        var found = new Dictionary<Example, Dictionary<int, float>>();
        ranking.Top(examples, Items, (example, slots, scores) => found.Add(example, slots.Zip(scores).ToDictionary()), CancellationToken.None);

        int differing = 0;
        foreach (var example in examples)
        {
            int[] own = [.. Enumerable.Range(log.FirstEvent(example.User), example.End - log.FirstEvent(example.User)).Where(e => log.DomainOf(e) == 0).TakeLast(maxLength).Select(log.ItemOf)];
            float[] all = Scores(example.Items.ToArray()), alone = own.Length > 0 ? Scores(own) : all;
            Assert.All(found[example], score => Assert.Equal((all[score.Key] + alone[score.Key]) / 2, score.Value, 1e-5f));
            differing += all.Zip(alone).Any(s => Math.Abs(s.First - s.Second) > 1e-3) ? 1 : 0;
        }

        Assert.True(differing > 15, $"{differing}");

        float[] Scores(int[] items)
        {
            using var quiet = no_grad();
            return model.Score(model.EncodeSequences(vectors, SequencePacker.Pack([items], causal: true, CPU)), vectors).data<float>().ToArray();
        }
    }

    [Fact]
    public void Popularity_gives_items_of_the_same_count_the_middle_of_their_ranks()
    {
        // Training sees item 3 twice and item 5 once, as the last two events of users with three are held out; the other four items never.
        var log = Logs.Of([3, 0, 4], [3, 1, 0], [5]);
        var popularity = new Popularity(HeldOutSplit.LeaveOneOut(log, [true]).Training, [0, 1, 2, 3, 4, 5], 6);
        double RankOf(int item) => popularity.Ranks([new Example(log, 0, 0, 1, [(0, Enumerable.Range(0, log.EventCount).First(e => log.ItemOf(e) == item))])]).Single().Middle;

        Assert.Equal([1, 2, 4.5, 4.5, 4.5], new[] { 3, 5, 0, 1, 4 }.Select(RankOf));
    }

    /// <summary>Scores item i with i, or with a given score, for everybody.</summary>
    private sealed class ScoredByItemNumber : IDisposable
    {
        private readonly Model _model = new();
        private readonly EncodedCatalogue _catalogue;

        public ScoredByItemNumber(int items)
            : this(Enumerable.Range(0, items).Select(i => (float)i).ToArray())
        {
        }

        public ScoredByItemNumber(float[] scores) =>
            _catalogue = EncodedCatalogue.Of(
                new SingleVectors(ones(scores.Length, 1), tensor(scores).unsqueeze(1)), Enumerable.Range(0, scores.Length).ToArray(), scores.Length);

        public FullRanking Ranking(int batchUsers, bool maskHistory, int mostScores = 1 << 20, IReadOnlyList<long>? leftOut = null) =>
            new(_model, _catalogue, null) { BatchUsers = batchUsers, MaskHistory = maskHistory, MostScores = mostScores, LeftOut = leftOut ?? [] };

        public void Dispose() => _catalogue.Dispose();

        private sealed class Model() : Recommender("test", new UniM2Rec.Trainer.Configuration.CollaborativeConfig())
        {
            public override bool Causal => true;

            protected override bool OfOneCatalogue(string parameter) => false;

            public override ItemVectors EncodeItems(ItemBatch items) => throw new InvalidOperationException("the items are given");

            public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences) => ones(sequences.States.shape[0], 1);

            public override Tensor Score(Tensor states, ItemVectors candidates) => states.matmul(((SingleVectors)candidates).Candidate.t());

            public override IEnumerable<TorchSharp.Modules.Parameter> Frozen(UniM2Rec.Trainer.Configuration.Freeze freeze) => [];

            public override void Reseed(ulong seed)
            {
            }
        }
    }
}
