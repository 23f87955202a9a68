using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Models;

/// <summary>Builds the model that a configuration names; a new model is one file and one line here.</summary>
public static class ModelRegistry
{
    /// <summary>Modalities that a model reads, of those that the store has.</summary>
    /// <exception cref="UserErrorException">The model needs a modality that the store lacks.</exception>
    public static IReadOnlyList<string> Modalities(RunConfig config, FeatureStore store)
    {
        if (config.Model.Kind == ModelKind.Sasrec) return [];
        var chosen = config.Data.Modalities.Count > 0 ? config.Data.Modalities : store.ModalityNames;
        if (config.Model.Kind == ModelKind.Unisrec) chosen = ["text"];
        foreach (string name in chosen) store.Modality(name);
        if (chosen.Count == 0 && (!config.Model.Ids || config.Model.Kind == ModelKind.Missrec))
            throw new UserErrorException($"The feature store {config.Data.Features} holds no modality, but the model needs at least one; run unim2rec-extract run, or set model.kind=sasrec.");
        return chosen;
    }

    /// <param name="config">The resolved configuration.</param>
    /// <param name="features">What the model reads.</param>
    /// <param name="bfloat16">Whether training computes large products in bfloat16.</param>
    public static Recommender Create(RunConfig config, ItemFeatures features, bool bfloat16 = false) => config.Model.Kind switch
    {
        ModelKind.Sasrec => new SasRecModel(config.Model, features.ItemCount, features.DomainCount, config.Data.MaxLength, bfloat16),
        ModelKind.Missrec => new MissRecModel(
            config.Model, config.Model.Missrec.RatioFor(config.Objective.Candidates), features.Widths, features.ItemCount, config.Data.MaxLength, bfloat16),
        _ => new UniM2RecModel(config.Model, features.Widths, features.ItemCount, features.DomainCount, config.Data.MaxLength, bfloat16),
    };
}
