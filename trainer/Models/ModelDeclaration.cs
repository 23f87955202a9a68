using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Models;

/// <summary>Which of the store's modalities a model reads.</summary>
public enum ModalityUse
{
    /// <summary>None: it knows items by their ids.</summary>
    None,

    /// <summary>Text alone.</summary>
    Text,

    /// <summary>Those that data.modalities names, or all that the store has.</summary>
    Chosen,

    /// <summary>The same where collaborative.content compares items by them, else none.</summary>
    Compared,
}

/// <summary>What a model says about itself. It stands in the model's own file, as a static property of the model's type; <see cref="ModelRegistry"/> finds it there.</summary>
public sealed record ModelDeclaration
{
    /// <summary>The value of model.kind that chooses it.</summary>
    public required string Name { get; init; }

    /// <summary>The name as its paper writes it.</summary>
    public required string Title { get; init; }

    /// <summary>Which modalities it reads.</summary>
    public required ModalityUse Modalities { get; init; }

    /// <summary>Whether it can do without any modality, by ids alone, where model.ids is set.</summary>
    public bool CanDoWithIdsAlone { get; init; }

    /// <summary>Keys of the section <c>model</c> that it reads; others that are set are refused.</summary>
    public required IReadOnlyList<string> Reads { get; init; }

    /// <summary>Makes the network.</summary>
    public required Func<ModelInputs, Recommender> Create { get; init; }
}

/// <summary>What a model is made from.</summary>
/// <param name="Config">The network.</param>
/// <param name="Widths">Widths of the modalities' features, in the model's order; empty for ids alone.</param>
/// <param name="Items">Rows of the feature store.</param>
public sealed record ModelInputs(ModelConfig Config, IReadOnlyList<int> Widths, int Items)
{
    /// <summary>Rows that the store had when the run was begun, by which what items share is sized; 0 for as many as now.</summary>
    public int ItemsAtStart { get; init; }

    /// <summary>Domains of the feature store.</summary>
    public int Domains { get; init; } = 1;

    /// <summary>Events of a sequence at most.</summary>
    public int MaxLength { get; init; } = 50;

    /// <summary>What the targets are contrasted with.</summary>
    public CandidateSet Candidates { get; init; } = CandidateSet.Catalogue;

    /// <summary>Which collaborative scores are joined with the network's.</summary>
    public CollaborativeConfig Collaborative { get; init; } = new();

    /// <summary>Whether training computes large products in bfloat16.</summary>
    public bool Bfloat16 { get; init; }
}
