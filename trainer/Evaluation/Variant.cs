namespace UniM2Rec.Trainer.Evaluation;

/// <summary>One or more runs that stand for one way of training; several differ in their seed alone.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Runs">Which of the compared runs they are.</param>
public sealed record Variant(string Name, IReadOnlyList<int> Runs)
{
    /// <summary>With how many seeds it was trained, where that are several.</summary>
    public string Described => Runs.Count == 1 ? Name : $"{Name} ({Runs.Count} seeds)";

    /// <summary>Each run as a variant of its own.</summary>
    public static IReadOnlyList<Variant> Apart(IEnumerable<string> names) => [.. names.Select((name, i) => new Variant(name, [i]))];
}
