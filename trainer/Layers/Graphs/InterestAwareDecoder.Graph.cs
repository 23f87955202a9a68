using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Trainer.Layers;

/// <content>The decoder as a graph.</content>
public sealed partial class InterestAwareDecoder
{
    /// <param name="tower">The graph.</param>
    /// <param name="interests">[batch, some, width]: encoded interests.</param>
    /// <param name="interestMask">[batch, 1, 1, some]: added to the scores over them.</param>
    /// <returns>[batch, 1, width]: the state at each history's last event.</returns>
    internal Value Build(TowerGraph tower, Value interests, Value interestMask)
    {
        var x = tower.Normalize(tower.AddPositions(tower.Items, positions), input_norm);
        var last = tower.AtLast(x);
        last = tower.Normalize(tower.Graph.Add(last, item_attention.Build(tower, last, x, tower.PaddingMask())), item_norm);
        last = tower.Normalize(tower.Graph.Add(last, interest_attention.Build(tower, last, interests, interestMask)), interest_norm);
        var fed = tower.Linear(tower.Gelu(tower.Linear(last, inner)), outer);
        return tower.Normalize(tower.Normalize(tower.Graph.Add(last, fed), output_norm), final_norm);
    }
}

/// <content>The attention as a graph.</content>
public sealed partial class OneQueryAttention
{
    /// <param name="tower">The graph.</param>
    /// <param name="queries">[batch, 1, width]</param>
    /// <param name="x">[batch, length, width]</param>
    /// <param name="mask">[batch, 1, 1, length]: added to the scores.</param>
    /// <returns>[batch, 1, width]</returns>
    internal Value Build(TowerGraph tower, Value queries, Value x, Value mask) => tower.Linear(
        tower.Attend(tower.Linear(queries, query), tower.Linear(x, key, null), tower.Linear(x, value, value_bias), mask, _heads), output);
}
