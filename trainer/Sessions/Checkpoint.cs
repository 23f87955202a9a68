using System.Globalization;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Where a run stands between two steps.</summary>
/// <param name="Epoch">Epoch under way, from 0.</param>
/// <param name="Step">Steps of that epoch that are done.</param>
/// <param name="TotalSteps">Optimiser steps since the start.</param>
/// <param name="BestEpoch">Epoch with the best validation figure, or -1.</param>
/// <param name="BestFigure">That figure.</param>
public sealed record RunPosition(int Epoch, int Step, long TotalSteps, int BestEpoch, double BestFigure)
{
    /// <summary>Before the first step.</summary>
    public static RunPosition Start => new(0, 0, 0, -1, double.NegativeInfinity);
}

/// <summary>Keeps and restores models, and the whole state of a run, as safetensors.</summary>
public static class Checkpoint
{
    private const string Modalities = "modalities";
    private const string Encoders = "encoders";

    /// <summary>Keeps a model's weights, and which features they were learned from.</summary>
    public static void SaveModel(string path, Recommender model, ItemFeatures features) =>
        WeightFile.Save(path, NamedWeights(model).Concat(NamedStatistics(features)), new Dictionary<string, string>
        {
            [Modalities] = string.Join(',', features.Names),
            [Encoders] = string.Join(", ", features.Encoders),
        });

    /// <summary>Restores weights; the file must hold exactly this model, learned from features of the same encoders.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What takes the weights.</param>
    /// <param name="features">What the model reads.</param>
    /// <param name="mapping">Where the file has the items and domains, if not in the store's order; what it does not know stays as it is.</param>
    /// <exception cref="UserErrorException">The file is of another model or of other features.</exception>
    public static void LoadModel(string path, Recommender model, ItemFeatures features, ItemMapping? mapping = null)
    {
        RequireSameFeatures(path, features);
        WeightFile.Load(path, NamedWeights(model), (name, why) => throw Other(path, name, why), RowsOf(model, mapping));
        LoadStatistics(path, features);
    }

    /// <summary>
    /// Starts a model from a pre-trained one: everything is taken over but what only fine-tuning has, id embeddings and the score combination,
    /// and interests, which are discovered anew at the first epoch.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What takes the weights.</param>
    /// <param name="features">What the model reads.</param>
    /// <param name="mapping">As in <see cref="LoadModel"/>.</param>
    /// <returns>Names of the parameters that start fresh.</returns>
    /// <exception cref="UserErrorException">The file's network has another shape, or it learned from other features.</exception>
    public static IReadOnlyList<string> LoadPretrained(string path, Recommender model, ItemFeatures features, ItemMapping? mapping = null)
    {
        RequireSameFeatures(path, features);
        var fresh = new List<string>();
        WeightFile.Load(path, NamedWeights(model), (name, why) =>
        {
            if (!model.StartsFresh(name)) throw Other(path, name, why);
            fresh.Add(name);
        }, RowsOf(model, mapping));
        LoadStatistics(path, features);
        return fresh;
    }

    /// <summary>Keeps everything that a run needs to go on as if it had never stopped.</summary>
    public static void SaveRun(string path, Recommender model, ItemFeatures features, NamedAdamW optimizer, WeightAverage? average, RunPosition position)
    {
        var metadata = new Dictionary<string, string>
        {
            [Modalities] = string.Join(',', features.Names),
            [Encoders] = string.Join(", ", features.Encoders),
            ["epoch"] = Text(position.Epoch),
            ["step"] = Text(position.Step),
            ["totalSteps"] = Text(position.TotalSteps),
            ["bestEpoch"] = Text(position.BestEpoch),
            ["bestFigure"] = position.BestFigure.ToString("R", CultureInfo.InvariantCulture),
        };
        foreach (var (name, steps) in optimizer.Fewer) metadata[name] = Text(steps);
        WeightFile.Save(path, NamedWeights(model).Concat(NamedStatistics(features)).Concat(optimizer.State).Concat(average?.State ?? []), metadata);
    }

    /// <summary>Restores what <see cref="SaveRun"/> kept.</summary>
    /// <exception cref="UserErrorException">The file is of another model, of other features, or not of a run.</exception>
    public static RunPosition LoadRun(string path, Recommender model, ItemFeatures features, NamedAdamW optimizer, WeightAverage? average)
    {
        RequireSameFeatures(path, features);
        var into = NamedWeights(model).Concat(optimizer.State).Concat(average?.State ?? []);
        var metadata = WeightFile.Load(path, into, (name, why) => throw Other(path, name, why));
        string Read(string key) => metadata.TryGetValue(key, out string? value)
            ? value
            : throw new UserErrorException($"The checkpoint {path} has no '{key}' in its metadata, so it is not one of a run; start again with --overwrite.");
        var position = new RunPosition(
            Number(Read("epoch")), Number(Read("step")), long.Parse(Read("totalSteps"), CultureInfo.InvariantCulture), Number(Read("bestEpoch")),
            double.Parse(Read("bestFigure"), CultureInfo.InvariantCulture));
        optimizer.ContinueFrom(
            position.TotalSteps, name => metadata.TryGetValue(name, out string? own) ? long.Parse(own, CultureInfo.InvariantCulture) : null);
        LoadStatistics(path, features);
        return position;
    }

    private static IEnumerable<(string Name, Tensor Value)> NamedWeights(Recommender model) =>
        model.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(model.named_buffers());

    private static IEnumerable<(string Name, Tensor Value)> NamedStatistics(ItemFeatures features) =>
        features.Names.Zip(features.Statistics, (name, s) => new[] { (MeanOf(name), tensor(s.Mean)), (DeviationOf(name), tensor(new[] { s.Deviation })) }).SelectMany(s => s);

    /// <summary>The vectors are seen as the weights in the file know them; runs from before there were statistics saw them as they are.</summary>
    private static void LoadStatistics(string path, ItemFeatures features)
    {
        using var file = SafeTensorsFile.Open(path);
        features.Statistics = features.Names.Zip(features.Widths, (name, width) =>
        {
            if (!file.Contains(MeanOf(name))) return FeatureStatistics.None(width);
            return new FeatureStatistics(file.ReadSingles(MeanOf(name)), file.ReadSingles(DeviationOf(name))[0]);
        }).ToList();
    }

    private static Func<string, int[]?>? RowsOf(Recommender model, ItemMapping? mapping) => mapping is null
        ? null
        : name => model.ByItem.Contains(name) ? mapping.Rows : model.ByDomain.Contains(name) ? mapping.Domains : null;

    private static string MeanOf(string modality) => $"features.{modality}.mean";

    private static string DeviationOf(string modality) => $"features.{modality}.deviation";

    /// <summary>Vectors of another encoder mean something else, even where they are as wide.</summary>
    private static void RequireSameFeatures(string path, ItemFeatures features)
    {
        using var file = SafeTensorsFile.Open(path);
        string modalities = string.Join(',', features.Names), encoders = string.Join(", ", features.Encoders);
        if (file.Metadata.TryGetValue(Modalities, out string? held) && held != modalities)
            throw new UserErrorException($"The weights in {path} are for the modalities '{held}', but this run reads '{modalities}'; set data.modalities to '{held}'.");
        if (file.Metadata.TryGetValue(Encoders, out string? made) && made != encoders)
            throw new UserErrorException($"The weights in {path} were learned from features made by {made}, but the feature store now has those of {encoders}; extract with the former again, or train anew.");
    }

    private static UserErrorException Other(string path, string name, string why) =>
        new($"The weights in {path} are of another network: '{name}' {why}; use the model settings of the run that they come from.");

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
