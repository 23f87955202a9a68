using System.Text;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>What ties a run to its data: what it was trained on is kept with it, and compared when it is opened again.</summary>
public sealed partial class Session
{
    private const int AdmittedAtOnce = 4096;
    private const int ItemsShown = 3;
    private readonly RunData? _trainedOn;
    private RunData? _present;

    /// <summary>The configuration with the flow, targets and modalities that were left to the data: a catalogue that grows does not change the run.</summary>
    private RunConfig Resolved() => Config with
    {
        Data = Config.Data with
        {
            Flow = Config.Data.Flow.Count > 0 ? Config.Data.Flow : Data.Log.Domains,
            Targets = Config.Data.Targets.Count > 0 ? Config.Data.Targets : Data.Log.Domains.Where((_, d) => Data.IsTarget[d]).ToList(),
            Modalities = ModelRegistry.Find(Config.Model.Kind).Modalities is ModalityUse.Chosen or ModalityUse.Compared && Features.Names.Count > 0 ? Features.Names : Config.Data.Modalities,
        },
    };

    /// <summary>What this run's weights are trained with and on.</summary>
    internal RunIdentity Identity => _identity ??= RunIdentity.Of(Config, _present ??= RunData.Of(Data), Features);

    private RunIdentity? _identity;

    /// <summary>Puts a new run in its place, whose first checkpoint is written; until then the folder was as it had been.</summary>
    private void Begin(Action saveFirst)
    {
        KeepIdentity(RunBeginning.Open(Run));
        saveFirst();
        RunBeginning.Decide(Run);
    }

    private void KeepIdentity(RunFolder where)
    {
        AtomicFile.Write(where.Config, stream => stream.Write(Encoding.UTF8.GetBytes(JsonConfig.Serialize(Config))), where.Storage);
        (_present ??= RunData.Of(Data)).Save(where.Data, where.Storage);
        KnownItems.Of(Data.Store).Save(where.Items, where.Storage);
    }

    /// <summary>A run that goes on ends as if it had not been stopped, so nothing that it reads may be another.</summary>
    /// <param name="kept">What its checkpoint says; null where it is from before checkpoints said so.</param>
    private void RequireUnchanged(RunIdentity? kept)
    {
        if (_trainedOn is null) return;
        var changes = _trainedOn.Changes(_present ??= RunData.Of(Data)).ToList();
        if (kept is not null && kept.Features != Features.Fingerprint) changes.Add($"the features in {Config.Data.Features}");
        if (changes.Count > 0)
            throw new UserErrorException($"The run {Run.Path} can't go on, as {Config.Data.Dataset} has changed since it was begun: {string.Join(", ", changes)}; bring the former files back, or start anew with --overwrite instead of --resume.");
        Config = Resolved();
        kept?.RequireSettings(Config, Run, isResolved: true);
    }

    /// <summary>Target domains other than the run's own; empty where it ranks its own.</summary>
    public IReadOnlyList<string> Elsewhere { get; private init; } = [];

    /// <summary>The data section that the run was trained with, where other domains are ranked than its own.</summary>
    private DataConfig? _own;

    /// <summary>Domains whose events the run was trained on.</summary>
    private IReadOnlyList<string> TrainedDomains =>
        _own is null || _own.Flow.Count == 0 ? _trainedOn?.Domains.Intersect(Data.Log.Domains).ToList() ?? Data.Log.Domains : _own.Flow.Union(_own.Targets).ToList();

    /// <summary>Loads the best weights, says what has changed since training, and gives items that training did not see what the model keeps about each.</summary>
    private void LoadBest(CheckpointFile best)
    {
        var own = _own ?? Config.Data;
        _present = RunData.Of(Data, TrainedDomains);
        var mapping = MappingOf(Run, _trainedOn);
        int[] added = mapping?.NewRows(Data.FlowRows) ?? [];
        int[] foreign = Data.RowsIn(Data.Log.Domains.Except(TrainedDomains).ToList());
        Checkpoint.LoadModel(best, Model, Features, mapping);
        Admit(added.Union(foreign).Union(Data.ColdItems).Union(Elsewhere.Count > 0 && own.ColdItems > 0 ? Data.ColdIn(own.Targets, own.ColdItems) : []));

        var resolved = Resolved();
        if (Elsewhere.Count > 0)
        {
            resolved = resolved with
            {
                Data = resolved.Data with
                {
                    Flow = own.Flow.Count > 0 ? own.Flow : resolved.Data.Flow,
                    Targets = own.Targets.Count > 0 ? own.Targets : resolved.Data.Targets,
                    HoldOut = own.HoldOut,
                    ColdItems = own.ColdItems,
                    TargetEvents = own.TargetEvents,
                },
            };
        }

        RunIdentity.Of(best)?.RequireSettings(resolved, Run, isResolved: true);
        bool byIdsAlone = Features.Names.Count == 0;
        int[] unknown = byIdsAlone ? Unknown(added.Union(foreign)) : [];
        if (byIdsAlone) Data.LeaveOut(unknown);
        Report(mapping, byIdsAlone ? unknown.Intersect(added).ToArray() : added, byIdsAlone);
        if (Data.Candidates.Length == 0)
        {
            throw new UserErrorException(
                $"{ModelRegistry.Find(Config.Model.Kind).Title} knows items by their ids alone, and the run {Run.Path} was trained on {string.Join(", ", TrainedDomains)}, so it knows no item of {string.Join(", ", Elsewhere)}; " +
                "leave --domain out, or take a run of a model that knows items by their features.");
        }
    }

    /// <summary>Those of the items that the run was not trained on which nothing is known about: where only events tell items, those that have none.</summary>
    private int[] Unknown(IEnumerable<int> rows)
    {
        if (Model.ByItem.Count > 0) return rows.ToArray();
        int[] seen = Data.Split.Training.CountItems(Data.Store.ItemCount);
        return rows.Where(row => seen[row] == 0).ToArray();
    }

    /// <summary>Tells items that a run knew and that its catalogue has no more.</summary>
    private static Func<string, string, bool>? GoneSince(RunFolder run, RunData? trainedOn)
    {
        if (trainedOn is null || FileKinds.Of(run.Items) == FileKind.Missing) return null;
        var known = new Lazy<HashSet<(string, string)>>(() => KnownItems.Load(run.Items, trainedOn).Items.ToHashSet());
        return (domain, item) => known.Value.Contains((domain, item));
    }

    /// <summary>Makes items that training does not see known by their features.</summary>
    internal void Admit(IEnumerable<int> rows)
    {
        foreach (int[] tile in rows.Chunk(AdmittedAtOnce))
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            Model.Admit(Features.Gather(tile));
        }
    }

    /// <summary>Where another run's files have the items of this one's store; null where they stand in the same rows, or it is not known where.</summary>
    private ItemMapping? MappingOf(RunFolder run, RunData? trainedOn) =>
        trainedOn is null || trainedOn.HasSameItems(_present ??= RunData.Of(Data)) ? null : KnownItems.Load(run.Items, trainedOn).To(Data.Store);

    private void Report(ItemMapping? mapping, int[] added, bool byIdsAlone)
    {
        var log = _context.Log;
        if (_trainedOn is null)
        {
            log.Warning("{Run:l} is from before runs kept which data they were trained on, so whether it is still the same can't be told", Run.Path);
            return;
        }

        if (added.Length > 0 && byIdsAlone)
        {
            log.Warning("{Items:l} came after the run was trained: left out, as {Model:l} knows items by their ids alone; train again to have them recommended", Named(added), ModelRegistry.Find(Config.Model.Kind).Title);
        }
        else if (added.Length > 0)
        {
            log.Information("{Items:l} came after the run was trained: known by features alone", Named(added));
        }

        if (mapping?.Removed.Count > 0) log.Warning("{Items:l} of when the run was trained: not there any more", Named(mapping.Removed));
        if (mapping is { Removed.Count: 0 } && added.Length == 0) log.Information("The items stand in other rows than when the run was trained; its weights go by their ids");
        if (mapping is null && _trainedOn.Catalogue != _present!.Catalogue) log.Warning("Texts or pictures of the items have changed since the run was trained");
        if (!_trainedOn.HasSameEvents(_present!))
        {
            log.Information(
                "The interactions have changed since the run was trained ({Before:N0} events then, {Now:N0} now), so it can recommend from them, but not be evaluated on them",
                _trainedOn.Events, _present!.Events);
        }
    }

    /// <summary>Figures are of events that training has not seen, which can't be said of events that came later or have changed places.</summary>
    private void RequireSameEvents()
    {
        if (_trainedOn is null || _present is null || _trainedOn.HasSameEvents(_present)) return;
        // Of a domain that training never saw, nothing can have been learned.
        if (Elsewhere.Count > 0 && !Elsewhere.Intersect(TrainedDomains).Any()) return;
        throw new UserErrorException(
            $"The interactions in {Config.Data.Dataset} are not those that {Run.Path} was trained on ({_trainedOn.Users:N0} users and {_trainedOn.Events:N0} events then, {_present.Users:N0} and {_present.Events:N0} now), " +
            "so what it is tested with may be what it has learned; bring the former interactions back, or train on these.");
    }

    private string Named(int[] rows) => Named(rows.Select(NameOf).Select(item => $"{item.Domain}: {item.ItemId}").ToList());

    private static string Named(IReadOnlyList<string> items) =>
        $"{items.Count:N0} item{(items.Count == 1 ? "" : "s")} ({string.Join(", ", items.Take(ItemsShown))}{(items.Count > ItemsShown ? ", ..." : "")})";
}
