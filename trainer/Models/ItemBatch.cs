using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Models;

/// <summary>The frozen side of some distinct items, on the training device.</summary>
/// <param name="Rows">[items] int64: rows in the feature store, which are also the ids of id embeddings.</param>
/// <param name="Domains">[items] int64: domain of each, as an index into the catalogue's domains.</param>
/// <param name="Features">By modality of the model: [items, width of the modality]; absent rows are zeros.</param>
/// <param name="Present">[items, modalities] float: 1 where the item has the modality.</param>
public sealed record ItemBatch(Tensor Rows, Tensor Domains, IReadOnlyList<Tensor> Features, Tensor Present)
{
    public long Count => Rows.shape[0];
}
