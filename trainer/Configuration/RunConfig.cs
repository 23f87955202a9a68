namespace UniM2Rec.Trainer.Configuration;

/// <summary>Everything that determines a training run; the resolved form is kept in the run folder as <c>config.json</c>.</summary>
public sealed record RunConfig
{
    public DataConfig Data { get; init; } = new();

    public ModelConfig Model { get; init; } = new();

    public ObjectiveConfig Objective { get; init; } = new();

    public TrainingConfig Training { get; init; } = new();

    public EvaluationConfig Evaluation { get; init; } = new();
}
