using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Sessions;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Sessions;

public class TrainingLoopTests : IDisposable
{
    private readonly TinyMarket _market = new();

    public void Dispose() => _market.Dispose();

    [Fact]
    public void Training_finds_the_taste_groups_that_popularity_can_not()
    {
        using var session = Open("learns", Config() with { Training = Config().Training with { Epochs = 12 } });
        session.Loop.Run(CancellationToken.None);
        double learned = session.TestNdcg();
        double popular = RankingMetrics.Single(
            new Popularity(session.Data.Split.Training, session.Data.Candidates, session.Features.ItemCount).Ranks(session.TestExamples), "ndcg@5");

        Assert.True(learned > 1.5 * popular, $"learned {learned}, popularity {popular}");
    }

    [Fact]
    public void A_sample_of_the_candidates_teaches_what_all_of_them_teach()
    {
        double full = Learned("full", CandidateSet.Catalogue), sampled = Learned("sampled", CandidateSet.Sampled);
        Assert.True(sampled > 0.9 * full, $"{sampled} sampled, {full} of all");

        double Learned(string run, CandidateSet candidates)
        {
            using var session = Open(run, Config() with { Training = Config().Training with { Epochs = 12 }, Objective = Config().Objective with { Candidates = candidates, Negatives = 24 } });
            session.Loop.Run(CancellationToken.None);
            return session.TestNdcg();
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        Assert.Equal(Weights("first", seed: 5), Weights("second", seed: 5));
        Assert.NotEqual(Weights("third", seed: 5)[..64], Weights("fourth", seed: 6)[..64]);

        float[] Weights(string run, int seed)
        {
            using var session = Open(run, Config() with { Training = Config().Training with { Epochs = 2, Seed = seed } });
            session.Loop.Run(CancellationToken.None);
            return session.AllWeights();
        }
    }

    [Theory]
    [InlineData("unim2rec")]
    [InlineData("missrec")]
    public void With_two_threads_too_the_same_seed_gives_the_same_weights(string kind)
    {
        var config = Config() with { Model = Config().Model with { Kind = kind } };
        Assert.Equal(WithThreads.Run(2, () => Weights("one")), WithThreads.Run(2, () => Weights("other")));

        float[] Weights(string run)
        {
            using var session = Open(run, config);
            session.Model.BeginEpoch(session.Features, session.Data.FlowRows, 1, WorkContext.Silent);
            session.Model.train();
            foreach (ulong step in new ulong[] { 1, 2, 3 }) session.Loop.Step(session.Planner.Training(), step).Dispose();
            return session.AllWeights();
        }
    }

    [Fact]
    public void The_sampling_correction_reaches_the_training_step()
    {
        Assert.NotEqual(Loss("counted", corrected: false), Loss("corrected", corrected: true));

        double Loss(string run, bool corrected)
        {
            var objective = Config().Objective with { Candidates = CandidateSet.InBatch, SamplingCorrection = corrected };
            using var session = Open(run, Config() with { Objective = objective });
            return session.Loop.Step(session.Planner.Training(), 1).item<float>();
        }
    }

    [Theory]
    [InlineData("unim2rec")]
    [InlineData("missrec")]
    [InlineData("unim2rec", CandidateSet.Sampled)]
    [InlineData("missrec", CandidateSet.Sampled)]
    public void A_run_stopped_in_the_middle_of_an_epoch_resumes_to_the_same_weights(string kind, CandidateSet candidates = CandidateSet.Catalogue)
    {
        var config = Config() with { Training = Config().Training with { Epochs = 3, Averaging = 0.9 }, Model = Config().Model with { Kind = kind }, Objective = Config().Objective with { Candidates = candidates, Negatives = 20 } };
        float[] whole;
        using (var session = Open("whole", config))
        {
            session.Loop.Run(CancellationToken.None);
            whole = session.AllWeights();
        }

        using (var stop = new CancellationTokenSource())
        using (var session = Open("stopped", config, new StopAfter(stop, advances: 7)))
            Assert.Throws<OperationCanceledException>(() => session.Loop.Run(stop.Token));

        using (var session = Open("stopped", config))
        {
            session.Loop.Run(CancellationToken.None);
            Assert.Equal(whole, session.AllWeights());
        }

        Assert.Equal(SmallRun.Metrics(new RunFolder(_market.Run("whole"))), SmallRun.Metrics(new RunFolder(_market.Run("stopped"))));
    }

    [Fact]
    public void MissRec_finds_the_taste_groups_and_a_finished_run_ranks_as_it_did()
    {
        var config = Config() with { Training = Config().Training with { Epochs = 8 }, Model = Config().Model with { Kind = "missrec", Adaptor = AdaptorKind.Linear } };
        double learned;
        using (var session = Open("interests", config))
        {
            session.Loop.Run(CancellationToken.None);
            learned = session.TestNdcg();
            double popular = RankingMetrics.Single(
                new Popularity(session.Data.Split.Training, session.Data.Candidates, session.Features.ItemCount).Ranks(session.TestExamples), "ndcg@5");
            Assert.True(learned > 1.5 * popular, $"learned {learned}, popularity {popular}");
        }

        using var again = Open("interests", config);
        Checkpoint.LoadModel(RunFolder.Create(_market.Run("interests"), resume: true, overwrite: false).Best, again.Model, again.Features);
        Assert.Equal(learned, again.TestNdcg());
    }

    [Fact]
    public void With_averaging_the_kept_interests_are_those_of_the_averaged_weights()
    {
        var config = Config() with { Training = Config().Training with { Epochs = 1, Averaging = 0.9 }, Model = Config().Model with { Kind = "missrec" } };
        using var session = Open("averaged", config);
        session.Loop.Run(CancellationToken.None);
        float[] kept = Centroids();
        session.Model.BeginEpoch(session.Features, session.Data.FlowRows, EpochPlan.EpochSeed(config.Training.Seed, 0), WorkContext.Silent);

        Assert.Equal(Centroids(), kept);

        float[] Centroids() => session.Model.named_buffers().Single(b => b.name == "interests.centroids").buffer.data<float>().ToArray();
    }

    [Theory]
    [InlineData("unim2rec")]
    [InlineData("missrec")]
    public void Steps_leave_no_tensor_behind(string kind)
    {
        using var session = Open("flat", Config() with { Objective = new() { Candidates = CandidateSet.InBatch, SequenceContrast = 0.1 }, Model = Config().Model with { Kind = kind } });
        session.Model.BeginEpoch(session.Features, session.Data.FlowRows, 1, WorkContext.Silent);
        session.Model.train();
        var batch = EpochPlan.Batches(session.Planner.Training(), 200, 1, 0)[0];
        session.Loop.Step(batch, 1).Dispose();
        session.Loop.Step(batch, 2).Dispose();
        GC.Collect(); // What earlier tests left to the collector would go in between.
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        for (ulong step = 3; step < 20; step++) session.Loop.Step(batch, step).Dispose();

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Theory]
    [InlineData("unim2rec")]
    [InlineData("missrec")]
    public void Epochs_with_their_validation_and_checkpoints_leave_no_tensor_behind(string kind)
    {
        long[] left = [.. new[] { 2, 4 }.Select(epochs =>
        {
            var config = Config() with { Training = Config().Training with { Epochs = epochs, Averaging = 0.9 }, Model = Config().Model with { Kind = kind } };
            using var session = Open($"{epochs} epochs", config);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            long before = Tensor.TotalCount;
            session.Loop.Run(CancellationToken.None);
            session.TestNdcg();
            return Tensor.TotalCount - before;
        })];

        Assert.Equal(left[0], left[1]);
    }

    [Fact]
    public void After_the_last_epoch_the_score_combination_alone_is_fitted_and_kept()
    {
        var trained = Weights("trained", fit: false);
        var fitted = Weights("fitted", fit: true);
        Assert.All(trained, w => Assert.Equal(w.Key.StartsWith("evidence_head.", StringComparison.Ordinal), !w.Value.SequenceEqual(fitted[w.Key])));

        using (var kept = Open("fitted", Config()))
        {
            Checkpoint.LoadModel(RunFolder.Create(_market.Run("fitted"), resume: true, overwrite: false).Best, kept.Model, kept.Features);
            Assert.Equal(fitted, Named(kept));
        }

        Assert.Equal(fitted, Weights("fitted", fit: true)); // A finished run that is resumed fits again.

        Dictionary<string, float[]> Weights(string run, bool fit)
        {
            using var session = Open(run, Config() with { Collaborative = Config().Collaborative with { Fit = fit } });
            session.Loop.Run(CancellationToken.None);
            return Named(session);
        }

        static Dictionary<string, float[]> Named(OpenRun session) =>
            session.Model.named_parameters().ToDictionary(p => p.name, p => p.parameter.data<float>().ToArray());
    }

    [Fact]
    public void Frozen_parameters_stay_and_the_others_move()
    {
        using var session = Open("frozen", Config() with { Training = Config().Training with { Freeze = Freeze.Encoder, Epochs = 1 } });
        var before = session.Model.named_parameters().ToDictionary(p => p.name, p => p.parameter.data<float>().ToArray());
        session.Loop.Run(CancellationToken.None);
        foreach (var (name, parameter) in session.Model.named_parameters())
        {
            bool frozen = name.StartsWith("sequence_encoder.layers", StringComparison.Ordinal) || name == "sequence_encoder.positions";
            Assert.Equal(frozen, before[name].SequenceEqual(parameter.data<float>().ToArray()));
        }
    }

    [Fact]
    public void MissRec_fine_tunes_a_pre_trained_run_with_its_encoder_and_decoder_frozen()
    {
        var model = Config().Model with { Kind = "missrec", Adaptor = AdaptorKind.Linear };
        var pretraining = Config() with { Model = model, Collaborative = new(), Objective = new() { Candidates = CandidateSet.InBatch, SequenceContrast = 0.1 } };
        using (var source = Open("source", pretraining)) source.Loop.Run(CancellationToken.None);

        using var session = Open("target", Config() with { Model = model with { Ids = true }, Collaborative = new(), Training = Config().Training with { Freeze = Freeze.Encoder, Epochs = 1 } });
        string weights = RunFolder.Create(_market.Run("source"), resume: true, overwrite: false).Best;
        var fresh = Checkpoint.LoadPretrained(weights, session.Model, session.Features);
        // Fine-tuning has more interests than pre-training; they are discovered anew.
        Assert.Equal(["ids", "interests.centroids"], fresh.Order());

        var before = session.Model.named_parameters().ToDictionary(p => p.name, p => p.parameter.data<float>().ToArray());
        session.Loop.Run(CancellationToken.None);
        var moved = session.Model.named_parameters().Where(p => !before[p.name].SequenceEqual(p.parameter.data<float>().ToArray())).Select(p => p.name);
        Assert.Equal(
            ["adaptors.0.bias", "adaptors.0.weight", "adaptors.1.bias", "adaptors.1.weight", "decoder.input_norm.bias", "decoder.input_norm.weight", "fusion.sharpness", "ids"],
            moved.Order());
    }

    [Fact]
    public void Features_of_another_catalogue_are_refused()
    {
        File.AppendAllText(Path.Combine(_market.Dataset, "books", "items.csv"), "new,A new book,,,,\n");
        var error = Assert.Throws<UserErrorException>(() => Open("stale", Config()));
        Assert.Contains("unim2rec-extract run", error.Message, StringComparison.Ordinal);
    }

    private RunConfig Config() => new()
    {
        Data = new() { Dataset = _market.Dataset, Features = _market.Features, Targets = ["music"], MaxLength = 10 },
        Model = new() { Width = 16, Layers = 1, Heads = 2, FeedForward = 16, Experts = 2, Dropout = 0.1 },
        Collaborative = new() { SeenBias = true, ItemKnn = true, Transitions = true },
        Training = new() { BatchTargets = 64, Device = "cpu", Epochs = 2, LearningRate = 5e-3 },
    };

    /// <summary>On a GPU each answer would wait for all that was begun before; what is sent is what a batch is made of, however deep the network is.</summary>
    [Theory]
    [InlineData("unim2rec", "catalogue", 0)]
    [InlineData("unim2rec", "sampled", 0)]
    [InlineData("unim2rec", "inBatch", 0)]
    [InlineData("sasrec", "catalogue", 0)]
    [InlineData("missrec", "catalogue", 1)] // which interests are whose, for the packing
    public void A_step_asks_the_device_for_nothing_and_sends_little(string kind, string candidates, int asked)
    {
        var set = Enum.Parse<CandidateSet>(candidates, ignoreCase: true);
        var plain = Config();
        var config = plain with
        {
            Model = kind == "missrec" ? plain.Model with { Kind = kind } : plain.Model with { Kind = kind, Ids = true, Layers = 3, Dropout = 0.2, IdDropout = kind == "sasrec" ? 0 : 0.3, ModalityDropout = kind == "sasrec" ? 0 : 0.3 },
            Collaborative = new() { SeenBias = set != CandidateSet.InBatch },
            Objective = new() { Candidates = set, SequenceContrast = set == CandidateSet.InBatch ? 0.1 : 0 },
            Training = plain.Training with { Averaging = 0.9 },
        };
        using var session = Open($"{kind} {candidates}", config);
        session.Model.BeginEpoch(session.Features, session.Data.FlowRows, 1, WorkContext.Silent);
        session.Model.train();
        var batch = EpochPlan.Batches(session.Planner.Training(), 200, 1, 0)[0];
        for (ulong step = 1; step <= 6; step++)
        {
            using var count = HostDevice.Count();
            session.Loop.Step(batch, step).Dispose();
            Assert.Equal(asked, count.Asked);
            Assert.InRange(count.Sent, 6, kind == "missrec" || set == CandidateSet.InBatch ? 20 : 12); // MISSRec packs interests too, and a view is packed by itself
        }
    }

    [Fact]
    public void Losses_that_are_asked_for_together_are_those_that_are_asked_for_one_by_one()
    {
        var config = Config() with { Training = Config().Training with { Epochs = 2 } };
        var asked = new[] { ("one by one", 1), ("together", 7) }.Select(of =>
        {
            var (run, together) = of;
            using var session = Open(run, config, stepsAtOnce: together);
            using var count = HostDevice.Count();
            session.Loop.Run(CancellationToken.None);
            return count.Asked;
        }).ToList();
        Assert.Equal(2 * (int)Math.Ceiling(asked[0] / 2 / 7.0), asked[1]); // two epochs, each of which ends with what is left
        Assert.True(asked[0] > asked[1], $"{asked[0]} steps are too few to tell");

        Assert.Equal(SmallRun.Metrics(new RunFolder(_market.Run("one by one"))), SmallRun.Metrics(new RunFolder(_market.Run("together"))));
        Assert.Equal(Said("one by one again", 1), Said("together again", 7));

        string Said(string run, int together)
        {
            using var session = Open(run, config with { Training = config.Training with { LearningRate = 1e20 } }, stepsAtOnce: together);
            return Assert.Throws<UserErrorException>(() => session.Loop.Run(CancellationToken.None)).Message;
        }
    }

    private OpenRun Open(string run, RunConfig config, IProgressSink? progress = null, int stepsAtOnce = 0) => new(run, config, _market, progress ?? Progress.None, stepsAtOnce);

    private sealed class OpenRun : IDisposable
    {
        private readonly Session _session;

        public OpenRun(string run, RunConfig config, TinyMarket market, IProgressSink progress, int stepsAtOnce)
        {
            var context = WorkContext.Silent with { Progress = progress };
            var folder = RunFolder.Create(market.Run(run), resume: true, overwrite: false);
            _session = folder.HasRun ? Session.Resume(config, folder, context) : Session.Create(config, folder, context);
            Planner = new ExamplePlanner(Data.Split.Training, Data.IsTarget, config.Data.MaxLength, ExampleForm.EveryPosition);
            Loop = new TrainingLoop(_session, context) { StepsAtOnce = stepsAtOnce };
        }

        public TrainingData Data => _session.Data;

        public ItemFeatures Features => _session.Features;

        public Recommender Model => _session.Model;

        public ExamplePlanner Planner { get; }

        public TrainingLoop Loop { get; }

        public List<Example> TestExamples => new ExamplePlanner(Data.Log, Data.IsTarget, _session.Config.Data.MaxLength, ExampleForm.Prefix).HeldOut(Data.Split.Test);

        public double TestNdcg()
        {
            Model.eval();
            using var catalogue = EncodedCatalogue.Encode(Model, Features, Data.Candidates, Data.FlowRows);
            var ranking = new FullRanking(Model, catalogue, null) { BatchUsers = 32 };
            return RankingMetrics.Single(ranking.Ranks(TestExamples, Progress.None.Start("", null, "users"), CancellationToken.None), "ndcg@5");
        }

        public float[] AllWeights() => Model.named_parameters().Select(p => (Tensor)p.parameter).Concat(Model.named_buffers().Select(b => b.buffer))
            .SelectMany(t => t.to(ScalarType.Float32).data<float>().ToArray()).ToArray();

        public void Dispose()
        {
            Loop.Dispose();
            _session.Dispose();
        }
    }

    /// <summary>Cancels after so many advances of progress: in the middle of an epoch.</summary>
    private sealed class StopAfter(CancellationTokenSource source, int advances) : IProgressSink, IProgressTask
    {
        private int _left = advances;

        public IProgressTask Start(string title, long? total, string unit) => this;

        public void Advance(long by = 1)
        {
            if (--_left == 0) source.Cancel();
        }

        public void Describe(string text)
        {
        }

        public void SetTotal(long total)
        {
        }

        public void Dispose()
        {
        }
    }
}
