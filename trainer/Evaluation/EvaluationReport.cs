using System.Text.Json;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>The figures of one evaluation, as written to <c>evaluation.json</c>.</summary>
/// <param name="Split">test or validation.</param>
/// <param name="Users">Users ranked for.</param>
/// <param name="Items">Candidates of each ranking.</param>
/// <param name="Metrics">recall@K and ndcg@K of the model.</param>
/// <param name="Baselines">The same of each baseline.</param>
/// <param name="Slices">The same of the model on parts of the users, by the slice's name, with how many users it has.</param>
public sealed record EvaluationReport(
    string Split,
    int Users,
    int Items,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines,
    IReadOnlyDictionary<string, EvaluationSlice> Slices)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerOptions.Web) { WriteIndented = true, NewLine = "\n" };

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Format) + "\n");

    /// <exception cref="UserErrorException">The file is missing or no evaluation.</exception>
    public static EvaluationReport Load(string path)
    {
        if (!File.Exists(path)) throw new UserErrorException($"The evaluation {path} does not exist; run unim2rec-train evaluate --run {Path.GetDirectoryName(path)} first.");
        try
        {
            return JsonSerializer.Deserialize<EvaluationReport>(File.ReadAllText(path), Format)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException error)
        {
            throw new UserErrorException($"The evaluation {path} can't be read ({error.Message}); run unim2rec-train evaluate again.", error);
        }
    }
}

/// <summary>The figures on some of the users.</summary>
public sealed record EvaluationSlice(int Users, IReadOnlyDictionary<string, double> Metrics);
