using System.Diagnostics;
using System.Text.Json;
using Serilog;
using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Evaluation;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// Trains a model to the end of its patience: epochs of steps, a full ranking of the validation split after each, the best epoch kept. A run
/// that is stopped or killed goes on from its newest checkpoint and ends as if it had not been: the numbers drawn in a step depend only on the
/// seed, the epoch and the step.
/// </summary>
public sealed class TrainingLoop : IDisposable
{
    internal static readonly TimeSpan UsualInterval = TimeSpan.FromMinutes(5);
    private readonly Session _session;
    private readonly RunState _state;
    private readonly RunCheckpoints _checkpoints;
    private readonly RunConfig _config;
    private readonly TrainingData _data;
    private readonly ItemFeatures _features;
    private readonly Recommender _model;
    private readonly RunFolder _run;
    private readonly IProgressSink _progress;
    private readonly ILogger _log;
    private readonly WorkContext _context;
    private readonly TrainingObjective _objective;
    private readonly NamedAdamW _optimizer;
    private readonly WeightAverage? _average;
    private readonly CollaborativeScorer? _seen;
    private CollaborativeScorer? _collaborative;
    private readonly BatchBuilder _batches;
    private readonly List<Example> _training;
    private readonly List<Example> _validation;
    private readonly ICommunicator _ranks;
    private CheckpointPace? _pace;

    /// <summary>Prepares examples, optimiser and collaborative scores.</summary>
    public TrainingLoop(Session session, WorkContext context)
    {
        (_config, _data, _features, _model, _run) = (session.Config, session.Data, session.Features, session.Model, session.Run);
        (_session, _progress, _log, _context, _ranks) = (session, context.Progress, context.Log, context, session.Ranks);
        var (config, data, model) = (_config, _data, _model);
        var form = model.Causal ? config.Training.Examples : ExampleForm.Prefix;
        _training = new ExamplePlanner(data.Split.Training, data.IsTarget, config.Data.MaxLength, form).Training();
        _validation = new ExamplePlanner(data.HeldOutLog, data.IsTarget, config.Data.MaxLength, form).HeldOut(Sample(data.Split.Validation, config.Training.ValidationUsers));
        if (_training.Count == 0)
            throw new UserErrorException($"No user of {config.Data.Dataset} has an event before a training target in {string.Join(", ", data.Log.Domains)}; at least two training events of one user are needed.");
        if (_validation.Count == 0)
            throw new UserErrorException($"No user of {config.Data.Dataset} has a validation target; users need at least three events in the target domain.");

        if (_ranks.Size > 1 && !model.HasNetwork)
            throw new UserErrorException($"The model {config.Model.Kind} has no network, so there is nothing that {_ranks.Size} processes could train together; start one, without mpirun.");

        var frozen = model.Frozen(config.Training.Freeze).Select(p => p.Handle).ToHashSet();
        foreach (var parameter in model.parameters()) parameter.requires_grad = !frozen.Contains(parameter.Handle);
        var trained = model.named_parameters().Where(p => p.parameter.requires_grad).Select(p => (p.name, p.parameter)).ToList();
        _objective = new TrainingObjective(config.Model, config.Objective) { Ranks = _ranks };
        _optimizer = new NamedAdamW(trained, config.Training.WeightDecay);
        _average = config.Training.Averaging > 0 ? new WeightAverage(trained, config.Training.Averaging) : null;
        _state = new RunState(model, _features, _optimizer, _average);
        _checkpoints = new RunCheckpoints(_run, session.Identity);
        int[]? catalogue = config.Objective.IsOverCatalogue ? data.TrainingCandidates : null;
        bool isSampled = config.Objective.Candidates == CandidateSet.Sampled;
        _seen = catalogue is null ? null : CollaborativeScorer.For(data, config.Collaborative.InTraining, context, catalogue);
        float[]? logWeights = catalogue is null && config.Objective.SamplingCorrection
            ? InBatchSampling.LogWeights(_training, _features.ItemCount, config.Training.BatchTargets)
            : null;
        _batches = new BatchBuilder(_features.ItemCount, model.Causal, session.Device)
        {
            Catalogue = isSampled ? null : catalogue,
            Sampling = isSampled ? new CandidateSampling(catalogue!, _training, _features.ItemCount, config.Objective.Negatives, config.Objective.PopularNegatives) : null,
            LogWeights = logWeights,
            ForeignDropout = config.Objective.ForeignDropout,
            ReadsOwn = model.ReadsOwn,
            MarksSeen = _seen is not null,
            Ranks = _ranks,
        };
    }

    /// <summary>What is learned from.</summary>
    internal IReadOnlyList<Example> Examples => _training;

    /// <summary>After which time a step is kept within an epoch, at the earliest.</summary>
    internal TimeSpan CheckpointInterval { get; init; } = UsualInterval;

    /// <summary>Steps whose losses are asked for at once; on the processor, where nothing is waited for, each by itself.</summary>
    internal int StepsAtOnce { get => field > 0 ? field : _session.Device.type == DeviceType.CPU ? 1 : 16; init; }

    private CheckpointPace Pace => _pace ??= new CheckpointPace(CheckpointInterval);

    /// <summary>Called when the run has begun or goes on, and after each epoch, with what is done.</summary>
    internal Action<RunPosition>? Done { get; init; }

    /// <summary>Trains, and leaves the weights of the best epoch in the model.</summary>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="begun">Called once the run is in its folder, before the first step.</param>
    /// <returns>Where training ended.</returns>
    /// <exception cref="OperationCanceledException">Stopped; the newest step is kept.</exception>
    /// <exception cref="UserErrorException">The loss is no finite number any more, or a file can't be written.</exception>
    public RunPosition Run(CancellationToken cancellation, Action? begun = null)
    {
        PeakMemory.Begin();
        var position = SharedState.OfFirst(_ranks, _state, _ranks.Rank > 0 ? RunPosition.Start : _session.Start(_state, _checkpoints));
        begun?.Invoke();
        Done?.Invoke(position);
        if (position.TotalSteps > 0) _log.Information("Continuing in epoch {Epoch} after {Steps} steps", position.Epoch + 1, position.TotalSteps);
        position = WithoutLostBest(position, cancellation);
        long targets = _training.Sum(w => (long)w.Targets.Count);
        SplitNotes.Say(_data, _log);
        _log.Information("Training on {Targets} targets in {Examples} examples, validating on {Held} targets", targets, _training.Count, _validation.Count);

        while (GoesOn(position)) position = Epoch(position, targets, cancellation);

        if (IsFirst) Finish(position, cancellation);
        _ranks.Wait();
        return position;
    }

    /// <summary>Whether this is the process that writes and speaks; where one trains alone, it is.</summary>
    private bool IsFirst => _ranks.Rank == 0;

    /// <summary>Takes the best epoch's weights, and fits what joins their scores with others.</summary>
    private void Finish(RunPosition position, CancellationToken cancellation)
    {
        using (var best = RunCheckpoints.OpenBest(_run)) Checkpoint.LoadModel(best, _model, _features);
        _log.Information("Best epoch {Epoch}: validation {Metric} {Figure:F4}", position.BestEpoch + 1, _config.Training.Watch, position.BestFigure);
        if (_config.Objective.IsOverCatalogue && _config.Collaborative.Fit && _model.ScoreCombination is { } head) FitScoreCombination(head, cancellation);
    }

    /// <summary>All that a history says about single candidates. Made when it is first asked for: a network is trained and validated without.</summary>
    private CollaborativeScorer? Collaborative => _collaborative ??= CollaborativeScorer.For(_data, _config.Collaborative, _context, _data.TrainingCandidates, _run.EaseCache);

    private bool GoesOn(RunPosition position) => position.GoesOn(_config.Training);

    /// <summary>
    /// A run whose best weights are lost or damaged goes on with those of the epochs that come, or, where training had ended, takes the last epoch's.
    /// </summary>
    private RunPosition WithoutLostBest(RunPosition position, CancellationToken cancellation)
    {
        if (position.BestEpoch < 0) return position;
        string why = _ranks.Broadcast(IsFirst ? WhyLost() : "");
        if (why.Length == 0) return position;
        string what = $"the weights of epoch {position.BestEpoch + 1}, the best so far, are lost ({why.Split(';')[0]})";
        if (GoesOn(position))
        {
            _log.Warning("{What:l}; the best of the epochs that come is kept instead", what);
            return position with { BestEpoch = -1, BestFigure = double.NegativeInfinity };
        }

        _log.Warning("{What:l}; those of the last epoch take their place", what);
        using var scope = NewDisposeScope();
        using var averaged = _average?.Apply(_model, () => RefreshEpoch(position.Epoch - 1));
        var ranks = Validate(cancellation);
        position = position with { BestEpoch = position.Epoch - 1, BestFigure = RankingMetrics.Single(ranks, _config.Training.Watch) };
        if (IsFirst) _checkpoints.SaveBest(_state);
        return position;
    }

    /// <summary>Why the best weights can't be used; nothing where they can.</summary>
    private string WhyLost()
    {
        try
        {
            using var best = RunCheckpoints.OpenBest(_run);
            return "";
        }
        catch (UserErrorException lost)
        {
            return lost.Message;
        }
    }

    /// <summary>Fits what joins scores and collaborative scores to the validation split, and keeps it with the weights of the best epoch.</summary>
    private void FitScoreCombination(ScoreCombination head, CancellationToken cancellation)
    {
        _model.eval();
        using var scope = NewDisposeScope();
        using var catalogue = EncodedCatalogue.Encode(_model, _features, _data.TrainingCandidates, _data.FlowRows, _config.JoinsContent);
        var collaborative = Collaborative;
        var ranking = new FullRanking(_model, catalogue, collaborative) { BatchUsers = StackingFit.TileUsers(catalogue.CandidateCount) };
        var sample = Sample(_validation, StackingFit.MostUsers(catalogue.CandidateCount));
        var held = ranking.Unjoined(sample, cancellation).ToList();
        StackingFit.Run(head, held, _progress, cancellation);
        // A network of ids, or none, knows nothing of such items that could be kept.
        if (_model.HasNetwork && _features.Names.Count > 0) StackingFit.SetUnknownBias(head, held);
        _checkpoints.SaveBest(_state);
        _log.Information(
            "Score combination fitted to {Users} validation users: validation {Metric} {Figure:F4}",
            sample.Count, _config.Training.Watch, RankingMetrics.Single(Validate(catalogue, collaborative, _validation, cancellation), _config.Training.Watch));
    }

    /// <summary>One optimiser step.</summary>
    /// <param name="examples">The step's examples, of which each process takes its share.</param>
    /// <param name="seed">What is drawn is a function of it and of the process's number.</param>
    /// <returns>The loss before it, a scalar on the device: nobody waits for it here.</returns>
    public Tensor Step(IReadOnlyList<Example> examples, ulong seed)
    {
        using var scope = NewDisposeScope();
        ulong drawn = IsFirst ? seed : SplitMix64.MixAll((long)seed, _ranks.Rank);
        manual_seed((long)(drawn >> 1));
        _model.Reseed(drawn);
        _objective.Reseed(seed);
        var views = _config.Objective.SequenceContrast > 0 ? new ViewBuilder(_config.Objective, new Random((int)(seed >> 33))) : null;
        var batch = _batches.Build(examples, views, seed);
        _optimizer.ClearGradients();
        var loss = _objective.Differentiate(_model, batch, _features.Gather);
        if (_config.Training.ClipNorm > 0) nn.utils.clip_grad_norm_(_optimizer.Parameters, _config.Training.ClipNorm);
        _optimizer.Step(_config.Training.LearningRate);
        _average?.Update(_optimizer.Steps);
        return loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _average?.Dispose();
    }

    private RunPosition Epoch(RunPosition position, long targets, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        double before = position.Seconds;
        var batches = EpochPlan.Batches(_training, _config.Training.BatchTargets, _config.Training.Seed, position.Epoch);
        if (position.Step == 0) RefreshEpoch(position.Epoch);
        _model.train();
        var losses = new List<(Tensor Loss, int Targets)>();
        using (var task = _progress.Start($"Epoch {position.Epoch + 1}", targets, "targets"))
        {
            for (int step = 0; step < batches.Count; step++)
            {
                int count = batches[step].Sum(w => w.Targets.Count);
                // The first process keeps and stops; where it has gone, the others are ended.
                bool isKept = false;
                if (step >= position.Step)
                {
                    losses.Add((Step(batches[step], EpochPlan.StepSeed(_config.Training.Seed, position.Epoch, step)), count));
                    isKept = IsFirst && (cancellation.IsCancellationRequested || Pace.IsDue);
                    if (isKept || losses.Count >= StepsAtOnce || step == batches.Count - 1)
                    {
                        position = After(losses, position);
                        task.Describe($"Epoch {position.Epoch + 1}  loss {position.Loss:F4}");
                    }
                }

                task.Advance(count);
                if (isKept)
                {
                    position = position with { Seconds = before + clock.Elapsed.TotalSeconds };
                    Pace.Keep(() => _checkpoints.SaveLast(_state, position));
                    cancellation.ThrowIfCancellationRequested();
                }
            }
        }

        return EndEpoch(position with { Seconds = before + clock.Elapsed.TotalSeconds }, cancellation);
    }

    /// <summary>The position after steps whose losses were not asked for yet; as asking waits for the device, it is done for several steps at once.</summary>
    private static RunPosition After(List<(Tensor Loss, int Targets)> steps, RunPosition position)
    {
        using var scope = NewDisposeScope();
        float[] losses = HostDevice.AskAll(stack(steps.Select(s => s.Loss)));
        foreach (var (loss, (tensor, targets)) in losses.Zip(steps))
        {
            tensor.Dispose();
            if (!float.IsFinite(loss)) throw RunCheckpoints.Diverged($"loss became {loss}", position);
            position = position.Next(loss, targets);
        }

        steps.Clear();
        return position;
    }

    private void RefreshEpoch(int epoch)
    {
        // What is derived is derived once, so that all processes have the very same.
        if (IsFirst) _model.BeginEpoch(_features, _data.TrainingRows, EpochPlan.EpochSeed(_config.Training.Seed, epoch), _context);
        _ranks.Wait();
        _ranks.Broadcast([.. _model.named_buffers().Select(b => b.buffer)]);
        _session.Admit(_data.ColdItems);
    }

    private RunPosition EndEpoch(RunPosition position, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        RunCheckpoints.RequireFinite(_state, position);
        Rank[] ranks;
        double figure;
        bool isBest;
        try
        {
            using var averaged = _average?.Apply(_model, () => RefreshEpoch(position.Epoch));
            ranks = Validate(cancellation);
            figure = RankingMetrics.Single(ranks, _config.Training.Watch);
            isBest = figure > position.BestFigure;
            if (isBest && IsFirst) Pace.Keep(() => _checkpoints.SaveBest(_state));
        }
        catch (OperationCanceledException) when (IsFirst)
        {
            _checkpoints.SaveLast(_state, position);
            throw;
        }

        double rate = position.Targets / Math.Max(1e-9, position.Seconds);
        _log.Information(
            "Epoch {Epoch}: loss {Loss:F4}, validation {Metric} {Figure:F4}{Mark}, {Rate:F0} targets/s, {Validating:F1} s validating",
            position.Epoch + 1, position.Loss, _config.Training.Watch, figure, isBest ? " (best)" : "", rate, clock.Elapsed.TotalSeconds);
        string metrics = MetricsFile.WithChecksum(JsonSerializer.Serialize(new
        {
            epoch = position.Epoch + 1,
            loss = position.Loss,
            targetsPerSecond = rate,
            trainingSeconds = position.Seconds,
            validationSeconds = clock.Elapsed.TotalSeconds,
            checkpointSeconds = Pace.TakeSpent().TotalSeconds,
            peakMemoryMiB = PeakMemory.MiB,
            validation = RankingMetrics.Compute(ranks, _config.Evaluation.CutOffs),
        }, JsonSerializerOptions.Web));
        if (isBest) position = position with { BestEpoch = position.Epoch, BestFigure = figure };
        position = position.NextEpoch(metrics);
        if (!IsFirst) return position;
        MetricsFile.Write(_run, position);
        Pace.Keep(() => _checkpoints.SaveLast(_state, position));
        Done?.Invoke(position);
        return position;
    }

    private Rank[] Validate(CancellationToken cancellation)
    {
        _model.eval();
        using var catalogue = EncodedCatalogue.Encode(_model, _features, _data.TrainingCandidates, _data.FlowRows, content: !_model.HasNetwork && _config.JoinsContent);
        var collaborative = _model.HasNetwork ? _seen : Collaborative;
        if (_ranks.Size == 1) return Validate(catalogue, collaborative, _validation, cancellation);
        using var scope = NewDisposeScope();
        int[] shares = Shares.Even(_validation.Count, _ranks.Size);
        var own = Validate(catalogue, collaborative, _validation.GetRange(shares.Take(_ranks.Rank).Sum(), shares[_ranks.Rank]), IsFirst ? cancellation : CancellationToken.None);
        int[] all = [.. _ranks.Gather(tensor(own.SelectMany(r => new[] { r.Above, r.Tied }).ToArray(), [own.Length, 2]), shares).data<int>()];
        return [.. all.Chunk(2).Select(r => new Rank(r[0], r[1]))];
    }

    private Rank[] Validate(EncodedCatalogue catalogue, CollaborativeScorer? collaborative, List<Example> examples, CancellationToken cancellation)
    {
        var ranking = new FullRanking(_model, catalogue, collaborative) { BatchUsers = _config.Evaluation.BatchUsers, MaskHistory = _config.Evaluation.MaskHistory };
        using var task = _progress.Start("Validating", examples.Count, "users");
        return ranking.Ranks(examples, task, cancellation);
    }

    /// <summary>An even sample, the same in every run.</summary>
    private static IReadOnlyList<T> Sample<T>(IReadOnlyList<T> all, int count) =>
        count == 0 || all.Count <= count ? all : Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)]).ToList();
}
