using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;
using UniM2Rec.Trainer.Models;

namespace UniM2Rec.Tests.Extending;

/// <summary>A user is the mean of the items that they had: score(s, i) = cos(mean over j in s of W x_j, W x_i) / τ.</summary>
public sealed class MeanOfHistoryModel : Recommender
{
    private readonly double _temperature;
    private readonly Linear adaptor; // fields in snake_case are the names in checkpoints

    public MeanOfHistoryModel(ModelInputs inputs)
        : base(nameof(MeanOfHistoryModel), inputs.Collaborative)
    {
        _temperature = inputs.Config.Temperature;
        adaptor = Initial.Linear(inputs.Widths[0], inputs.Config.Width);
        RegisterComponents();
    }

    public static ModelDeclaration MeanOfHistory { get; } = new()
    {
        Name = "mean-of-history",
        Title = "Mean of history",
        Modalities = ModalityUse.Text,
        Reads = ["width", "temperature"],
        Create = inputs => new MeanOfHistoryModel(inputs),
    };

    public override bool Causal => false; // one state a sequence, which sees all of it

    public override ItemVectors EncodeItems(ItemBatch items)
    {
        var vectors = adaptor.call(items.Features[0]); // [items, width]
        return new SingleVectors(vectors, nn.functional.normalize(vectors, dim: -1));
    }

    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences)
    {
        using var scope = NewDisposeScope();
        long rows = sequences.Slots.shape[0], length = sequences.Slots.shape[1];
        var x = items.Input.index_select(0, sequences.Slots.view(-1)).view(rows, length, -1); // [rows, length, width]
        return new StateTiles(sequences).Sum(x).MoveToOuterDisposeScope(); // [sequences, width]; the cosine needs no division
    }

    public override Tensor Score(Tensor states, ItemVectors candidates)
    {
        using var scope = NewDisposeScope();
        var unit = nn.functional.normalize(states, dim: -1) * (1 / _temperature);
        return unit.matmul(((SingleVectors)candidates).Candidate.t()).MoveToOuterDisposeScope(); // [states, candidates]
    }

    /// <summary>A term of the loss of its own: vectors that stay short.</summary>
    public override EncodedSequences EncodeForTraining(ItemVectors items, PackedSequences sequences) =>
        new(EncodeSequences(items, sequences), [new LossTerm("length", items.Input.square().mean() * 1e-3)]);

    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze == Freeze.Adaptors ? adaptor.parameters() : [];

    public override void Reseed(ulong seed)
    {
        // Nothing is drawn in a step.
    }

    protected override bool OfOneCatalogue(string parameter) => false; // nothing here knows items by number
}
