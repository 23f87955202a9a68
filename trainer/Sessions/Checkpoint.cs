using System.Globalization;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Keeps and restores models, and the whole state of a run, as safetensors.</summary>
public static class Checkpoint
{
    private const string Modalities = "modalities";
    private const string Encoders = "encoders";

    /// <summary>Keeps a model's weights, and which features they were learned from.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The weights.</param>
    /// <param name="features">What they were learned from.</param>
    /// <param name="notes">What else is kept with them.</param>
    /// <param name="storage">Where files go; null for the file system.</param>
    public static void SaveModel(
        string path, Recommender model, ItemFeatures features, IEnumerable<KeyValuePair<string, string>>? notes = null, IStorage? storage = null) =>
        CheckpointFile.Save(
            path, storage ?? DiskStorage.Instance, CheckpointFile.Weights, NamedWeights(model).Concat(NamedStatistics(features)), new Dictionary<string, string>(notes ?? [])
            {
                [Modalities] = string.Join(',', features.Names),
                [Encoders] = string.Join(", ", features.Encoders),
            });

    /// <summary>Restores weights; the file must hold exactly this model, learned from features of the same encoders.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What takes the weights.</param>
    /// <param name="features">What the model reads.</param>
    /// <param name="mapping">Where the file has the items and domains, if not in the store's order; what it does not know stays as it is.</param>
    /// <exception cref="UserErrorException">The file is damaged, of another model or of other features.</exception>
    public static void LoadModel(string path, Recommender model, ItemFeatures features, ItemMapping? mapping = null)
    {
        using var file = CheckpointFile.Open(path, CheckpointFile.Weights);
        LoadModel(file, model, features, mapping);
    }

    /// <inheritdoc cref="LoadModel(string, Recommender, ItemFeatures, ItemMapping?)"/>
    public static void LoadModel(CheckpointFile file, Recommender model, ItemFeatures features, ItemMapping? mapping = null)
    {
        RequireSameFeatures(file, features);
        WeightFile.Load(file.Tensors, NamedWeights(model), (name, why) => RequireLater(file.Path, name, why), RowsOf(model, mapping));
        LoadStatistics(file, features);
    }

    /// <summary>
    /// Starts a model from a pre-trained one: everything is taken over but what only fine-tuning has, id embeddings and the score combination,
    /// and interests, which are discovered anew at the first epoch.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What takes the weights.</param>
    /// <param name="features">What the model reads.</param>
    /// <param name="mapping">As in <see cref="LoadModel(string, Recommender, ItemFeatures, ItemMapping?)"/>.</param>
    /// <returns>Names of the parameters that start fresh.</returns>
    /// <exception cref="UserErrorException">The file is damaged, its network has another shape, or it learned from other features.</exception>
    public static IReadOnlyList<string> LoadPretrained(string path, Recommender model, ItemFeatures features, ItemMapping? mapping = null)
    {
        using var file = CheckpointFile.Open(path, CheckpointFile.Weights);
        return LoadPretrained(file, model, features, mapping);
    }

    /// <inheritdoc cref="LoadPretrained(string, Recommender, ItemFeatures, ItemMapping?)"/>
    public static IReadOnlyList<string> LoadPretrained(CheckpointFile file, Recommender model, ItemFeatures features, ItemMapping? mapping = null)
    {
        RequireSameFeatures(file, features);
        var fresh = new List<string>();
        WeightFile.Load(file.Tensors, NamedWeights(model), (name, why) =>
        {
            if (!model.StartsFresh(name)) throw Other(file.Path, name, why);
            fresh.Add(name);
        }, RowsOf(model, mapping));
        LoadStatistics(file, features);
        return fresh;
    }

    /// <summary>Keeps everything that a run needs to go on as if it had never stopped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="storage">Where files go.</param>
    /// <param name="state">What is kept.</param>
    /// <param name="position">Where it stands.</param>
    /// <param name="notes">What else is kept.</param>
    public static void SaveRun(string path, IStorage storage, RunState state, RunPosition position, IEnumerable<KeyValuePair<string, string>> notes)
    {
        var (model, features, optimizer, average) = state;
        var all = new Dictionary<string, string>(notes.Concat(position.Notes()))
        {
            [Modalities] = string.Join(',', features.Names),
            [Encoders] = string.Join(", ", features.Encoders),
        };
        foreach (var (name, steps) in optimizer.Fewer) all[name] = steps.ToString(CultureInfo.InvariantCulture);
        CheckpointFile.Save(path, storage, CheckpointFile.Run, NamedWeights(model).Concat(NamedStatistics(features)).Concat(optimizer.State).Concat(average?.State ?? []), all);
    }

    /// <summary>Restores what <see cref="SaveRun"/> kept.</summary>
    /// <exception cref="UserErrorException">The file is of another model, of other features, or not of a run.</exception>
    public static RunPosition LoadRun(CheckpointFile file, RunState state)
    {
        var (model, features, optimizer, average) = state;
        RequireSameFeatures(file, features);
        var position = RunPosition.Read(file);
        WeightFile.Load(file.Tensors, NamedWeights(model).Concat(optimizer.State).Concat(average?.State ?? []), (name, why) => RequireLater(file.Path, name, why));
        optimizer.ContinueFrom(position.TotalSteps, name => file[name] is not { } own ? null
            : long.TryParse(own, NumberStyles.None, CultureInfo.InvariantCulture, out long steps) ? steps
            : throw new UserErrorException($"The checkpoint {file.Path} says '{own}' as its '{name}', which is no number of steps; it is damaged."));
        LoadStatistics(file, features);
        return position;
    }

    private static void RequireLater(string path, string name, string why)
    {
        if (!Recommender.CameLater(name)) throw Other(path, name, why);
    }

    internal static IEnumerable<(string Name, Tensor Value)> NamedWeights(Recommender model) =>
        model.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(model.named_buffers());

    private static IEnumerable<(string Name, Tensor Value)> NamedStatistics(ItemFeatures features) =>
        features.Names.Zip(features.Statistics, (name, s) => new[] { (MeanOf(name), tensor(s.Mean)), (DeviationOf(name), tensor(new[] { s.Deviation })) }).SelectMany(s => s);

    /// <summary>The vectors are seen as the weights in the file know them; runs from before there were statistics saw them as they are.</summary>
    private static void LoadStatistics(CheckpointFile file, ItemFeatures features)
    {
        var tensors = file.Tensors;
        features.Statistics = features.Names.Zip(features.Widths, (name, width) =>
        {
            if (!tensors.Contains(MeanOf(name))) return FeatureStatistics.None(width);
            var (mean, deviation) = (tensors.ReadSingles(MeanOf(name)), tensors.ReadSingles(DeviationOf(name)));
            return mean.Length == width && deviation.Length == 1
                ? new FeatureStatistics(mean, deviation[0])
                : throw Other(file.Path, MeanOf(name), $"has {mean.Length} numbers where the features are {width} wide");
        }).ToList();
    }

    private static Func<string, int[]?>? RowsOf(Recommender model, ItemMapping? mapping) => mapping is null
        ? null
        : name => model.ByItem.Contains(name) ? mapping.Rows : model.ByDomain.Contains(name) ? mapping.Domains : null;

    private static string MeanOf(string modality) => $"features.{modality}.mean";

    private static string DeviationOf(string modality) => $"features.{modality}.deviation";

    /// <summary>Vectors of another encoder mean something else, even where they are as wide.</summary>
    internal static void RequireSameFeatures(CheckpointFile file, ItemFeatures features)
    {
        string modalities = string.Join(',', features.Names), encoders = string.Join(", ", features.Encoders);
        if (file[Modalities] is { } held && held != modalities)
            throw new UserErrorException($"The weights in {file.Path} are for the modalities '{held}', but this run reads '{modalities}'; set data.modalities to '{held}'.");
        if (file[Encoders] is { } made && made != encoders)
            throw new UserErrorException($"The weights in {file.Path} were learned from features made by {made}, but the feature store now has those of {encoders}; extract with the former again, or train anew.");
    }

    private static UserErrorException Other(string path, string name, string why) =>
        new($"The weights in {path} are of another network: '{name}' {why}; use the model settings of the run that they come from.");
}

/// <summary>What a run carries from step to step.</summary>
/// <param name="Model">Its weights.</param>
/// <param name="Features">How it sees features.</param>
/// <param name="Optimizer">Its moments.</param>
/// <param name="Average">The moving average of the weights, where there is one.</param>
public sealed record RunState(Recommender Model, ItemFeatures Features, NamedAdamW Optimizer, WeightAverage? Average);
