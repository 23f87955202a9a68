using System.Reflection;
using System.Text.Json.Nodes;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Trainer.Models;

/// <summary>Every model that declares itself: a new one is a file in this folder (docs/EXTENDING.md), and nothing else is edited.</summary>
public static class ModelRegistry
{
    private static readonly string[] Common = ["kind"];

    /// <summary>The models' declarations by name.</summary>
    public static IReadOnlyDictionary<string, ModelDeclaration> Models { get; } =
        Declared.TypesOf<Recommender>()
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(p => p.PropertyType == typeof(ModelDeclaration))
            .Select(p => (ModelDeclaration)p.GetValue(null)!)
            .OrderBy(d => d.Name, StringComparer.Ordinal).ToDictionary(d => d.Name);

    /// <exception cref="UserErrorException">There is no such model.</exception>
    public static ModelDeclaration Find(string kind) => Models.TryGetValue(kind, out var declaration)
        ? declaration
        : throw UserErrorException.Usage($"model.kind is '{kind}', which is no model{NearestName.Suggestion(kind, [.. Models.Keys])}; expected one of {string.Join(", ", Models.Keys)}.");

    /// <summary>Checks that the model exists and that it reads each setting of the network that is not its default.</summary>
    /// <exception cref="UserErrorException">It does not.</exception>
    public static void Check(ModelConfig config)
    {
        var declaration = Find(config.Kind);
        var defaults = Settings(new ModelConfig());
        foreach (var (key, value) in Settings(config))
        {
            if (Common.Contains(key) || declaration.Reads.Contains(key) || value == defaults[key]) continue;
            throw UserErrorException.Usage(
                $"model.{key} is set to {value}, but {declaration.Name} does not read it (it reads {string.Join(", ", declaration.Reads)}); leave it out, or choose another model.kind.");
        }
    }

    /// <summary>Modalities that a model reads, of those that the store has.</summary>
    /// <exception cref="UserErrorException">The model needs a modality that the store lacks.</exception>
    public static IReadOnlyList<string> Modalities(RunConfig config, FeatureStore store)
    {
        var declaration = Find(config.Model.Kind);
        if (declaration.Modalities == ModalityUse.None || (declaration.Modalities == ModalityUse.Compared && !config.JoinsContent)) return [];
        var chosen = declaration.Modalities == ModalityUse.Text ? ["text"] : config.Data.Modalities.Count > 0 ? config.Data.Modalities : store.ModalityNames;
        foreach (string name in chosen) store.Modality(name);
        if (chosen.Count == 0 && !(config.Model.Ids && declaration.CanDoWithIdsAlone))
            throw new UserErrorException($"The feature store {config.Data.Features} holds no modality, but the model needs at least one; run unim2rec-extract run, or set model.kind=sasrec.");
        return chosen;
    }

    /// <param name="config">The resolved configuration.</param>
    /// <param name="features">What the model reads.</param>
    /// <param name="bfloat16">Whether training computes large products in bfloat16.</param>
    /// <param name="itemsAtStart">Items when the run was begun, or 0 for as many as now.</param>
    /// <exception cref="UserErrorException">Content is to be compared, but the model reads none.</exception>
    public static Recommender Create(RunConfig config, ItemFeatures features, bool bfloat16 = false, int itemsAtStart = 0)
    {
        if (config.JoinsContent && features.Names.Count == 0)
            throw UserErrorException.Usage($"collaborative.content is true, but the model {config.Model.Kind} reads no modality to compare items by; leave it false, or choose another model.kind.");
        return Find(config.Model.Kind).Create(new ModelInputs(config.Model, features.Widths, features.ItemCount)
        {
            ItemsAtStart = itemsAtStart,
            Domains = features.DomainCount,
            MaxLength = config.Data.MaxLength,
            Candidates = config.Objective.Candidates,
            Collaborative = config.Collaborative,
            Bfloat16 = bfloat16,
        });
    }

    private static Dictionary<string, string> Settings(ModelConfig config) =>
        JsonNode.Parse(JsonConfig.Serialize(config))!.AsObject().ToDictionary(s => s.Key, s => s.Value?.ToJsonString() ?? "null");
}
