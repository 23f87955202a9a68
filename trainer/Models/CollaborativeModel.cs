using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// No network at all: score(s, i) = 0, so that what ranks is the collaborative scores alone (Collaborative/). A yardstick for every network, and all that
/// a catalogue without usable content needs.
/// </summary>
public sealed class CollaborativeModel : Recommender
{
    /// <summary>Makes it.</summary>
    /// <exception cref="UserErrorException">No collaborative score is on, or the candidates are not the catalogue.</exception>
    public CollaborativeModel(ModelInputs inputs)
        : base(nameof(CollaborativeModel), inputs.Collaborative)
    {
        if (!inputs.Collaborative.IsUsed || inputs.Candidates == CandidateSet.InBatch)
        {
            throw UserErrorException.Usage(
                "model.kind=collaborative ranks by collaborative scores alone, over the whole catalogue; fine-tune it (pretrain has in-batch candidates) with at least one of " +
                "collaborative.itemKnn, collaborative.transitions, collaborative.ease and collaborative.content set to true.");
        }

        RegisterComponents();
    }

    /// <summary>What the model says about itself.</summary>
    public static ModelDeclaration Collaborative { get; } = new()
    {
        Name = "collaborative",
        Title = "Collaborative",
        Modalities = ModalityUse.Compared,
        Reads = [],
        Create = inputs => new CollaborativeModel(inputs),
    };

    /// <inheritdoc/>
    public override bool Causal => true;

    /// <inheritdoc/>
    public override bool HasNetwork => false;

    /// <inheritdoc/>
    public override ItemVectors EncodeItems(ItemBatch items) => new NoVectors(zeros(items.Count, 1, device: items.Rows.device));

    /// <inheritdoc/>
    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences) => zeros(sequences.States.shape[0], 1, device: items.Input.device);

    /// <inheritdoc/>
    public override Tensor Score(Tensor states, ItemVectors candidates) => zeros(states.shape[0], candidates.Input.shape[0], device: states.device);

    /// <inheritdoc/>
    public override NetworkExport? Export(Tensor rows) => null;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Frozen(Freeze freeze) => [];

    /// <inheritdoc/>
    public override void Reseed(ulong seed)
    {
    }

    /// <inheritdoc/>
    protected override bool OfOneCatalogue(string parameter) => false;

    /// <summary>Items that no vector stands for.</summary>
    private sealed record NoVectors(Tensor Input) : ItemVectors(Input)
    {
        public override IReadOnlyList<Tensor> Tensors => [Input];

        public override IReadOnlyList<ExportedTensor> Exported => [];

        protected override ItemVectors With(IReadOnlyList<Tensor> tensors) => new NoVectors(tensors[0]);
    }
}
