using System.Text.Json;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>What a run's <c>metrics.jsonl</c> tells, an entry an epoch.</summary>
public sealed record LearningCurve(string Name, IReadOnlyList<double> Loss, IReadOnlyList<double> Ndcg)
{
    /// <summary>Reads the epochs that are there; a run that has none gives empty lists.</summary>
    public static LearningCurve Load(string name, string path)
    {
        var loss = new List<double>();
        var ndcg = new List<double>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            using var entry = JsonDocument.Parse(line);
            loss.Add(entry.RootElement.GetProperty("loss").GetDouble());
            var validation = entry.RootElement.GetProperty("validation");
            ndcg.Add(validation.TryGetProperty("ndcg@10", out var value) ? value.GetDouble() : validation.EnumerateObject().Last().Value.GetDouble());
        }

        return new LearningCurve(name, loss, ndcg);
    }
}
