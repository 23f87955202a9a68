using TorchSharp.Modules;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>
/// SASRec (arXiv 1808.09781) as UniSRec's baseline runs it: score(s, i) = h_n · e_i, with e the items' id embeddings and h_n the last state of a
/// causal Transformer over e_1 + p_1, …, e_n + p_n.
/// </summary>
public sealed class SasRecModel : Recommender
{
    private readonly LayerContext _context;
    private readonly ItemEncoder item_encoder;
    private readonly SequenceEncoder sequence_encoder;

    /// <summary>Makes the network.</summary>
    public SasRecModel(ModelInputs inputs)
        : base(nameof(SasRecModel), inputs.Collaborative)
    {
        _context = new LayerContext(inputs.Bfloat16);
        item_encoder = new ItemEncoder(inputs with { Widths = [] }, _context);
        sequence_encoder = new SequenceEncoder(inputs.Config, inputs.MaxLength, _context);
        RegisterComponents();
    }

    /// <summary>What the model says about itself.</summary>
    public static ModelDeclaration SasRec { get; } = new()
    {
        Name = "sasrec",
        Title = "SASRec",
        Modalities = ModalityUse.None,
        Reads = ["ids", .. SequenceEncoder.Reads, "temperature"], // the temperature is that of the contrast with a second view
        Create = inputs => new SasRecModel(inputs),
    };

    /// <inheritdoc/>
    public override bool Causal => true;

    /// <inheritdoc/>
    public override bool ReadsOwn => sequence_encoder.ReadsOwn;

    /// <inheritdoc/>
    public override void Reseed(ulong seed) => _context.Masks.Reseed(seed);

    /// <inheritdoc/>
    public override ItemVectors EncodeItems(ItemBatch items)
    {
        var vectors = item_encoder.call(items); // [items, width]
        return new SingleVectors(vectors, vectors);
    }

    /// <inheritdoc/>
    public override Tensor EncodeSequences(ItemVectors items, PackedSequences sequences) => sequence_encoder.Encode(items.Input, sequences); // [states, width]

    /// <inheritdoc/>
    public override Tensor Score(Tensor states, ItemVectors candidates) =>
        _context.Products.Linear(states, ((SingleVectors)candidates).Candidate, null, training); // [states, candidates]

    /// <inheritdoc/>
    public override NetworkExport Export(Tensor rows)
    {
        var tower = new TowerGraph(sequence_encoder.Width);
        tower.Complete(sequence_encoder.Build(tower), length: null);
        return new NetworkExport(new ExportedNetwork(NetworkScore.Product, (int)tower.Width, 1, "score = user · items") { ReadsOwn = ReadsOwn }, tower, []);
    }

    /// <inheritdoc/>
    public override IEnumerable<Parameter> Frozen(Freeze freeze) => freeze == Freeze.Encoder ? sequence_encoder.TransformerParameters : [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ByItem => [ItemEncoder.IdsIn(nameof(item_encoder))];

    /// <inheritdoc/>
    public override void Admit(ItemBatch items) => item_encoder.Admit(items);

    /// <inheritdoc/>
    protected override bool OfOneCatalogue(string parameter) =>
        parameter == ItemEncoder.IdsIn(nameof(item_encoder)) || parameter == SequenceEncoder.OwnShareIn(nameof(sequence_encoder));
}
