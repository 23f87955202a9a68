using UniM2Rec.Models.Onnx;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <content>The encoder as a graph.</content>
public sealed partial class SequenceEncoder
{
    /// <summary>The state after each history, [batch, 1, width]; of the last layer nothing else is computed.</summary>
    internal Value Build(TowerGraph tower)
    {
        var x = tower.Normalize(tower.AddPositions(tower.Items, positions), input_norm);
        var mask = tower.CausalMask();
        for (int l = 0; l < layers.Count - 1; l++) x = layers[l].Build(tower, x, x, mask);
        if (own_share is null) return layers.Count > 0 ? layers[^1].Build(tower, tower.AtLast(x), x, tower.PaddingMask()) : tower.AtLast(x);
        using var scope = NewDisposeScope();
        var (states, seen) = tower.AtLastAndOwn(x);
        if (layers.Count > 0) states = layers[^1].Build(tower, states, x, seen);
        var share = OwnShare(own_share);
        return tower.WeightedSum(states, stack([1 - share, share]));
    }
}

/// <content>The layer as a graph.</content>
public sealed partial class TransformerLayer
{
    /// <param name="tower">The graph.</param>
    /// <param name="own">[batch, queries, width]: x at the positions whose output is asked for.</param>
    /// <param name="x">[batch, length, width]</param>
    /// <param name="mask">Added to the scores, broadcast to [batch, heads, queries, length].</param>
    /// <returns>[batch, queries, width]</returns>
    internal Value Build(TowerGraph tower, Value own, Value x, Value mask)
    {
        var middle = tower.Normalize(tower.Graph.Add(own, attention.Build(tower, own, x, mask)), attention_norm);
        var fed = tower.Linear(tower.Gelu(tower.Linear(middle, inner)), outer);
        return tower.Normalize(tower.Graph.Add(middle, fed), output_norm);
    }
}

/// <content>The attention as a graph.</content>
public sealed partial class SelfAttention
{
    /// <inheritdoc cref="TransformerLayer.Build"/>
    internal Value Build(TowerGraph tower, Value own, Value x, Value mask)
    {
        using var scope = NewDisposeScope();
        long width = _heads * _headWidth;
        var weights = query_key_value.weight.split(width);
        var biases = query_key_value.bias!.split(width);
        var attended = tower.Attend(
            tower.Linear(own, weights[0], biases[0]), tower.Linear(x, weights[1], biases[1]), tower.Linear(x, weights[2], biases[2]), mask, _heads);
        return tower.Linear(attended, output);
    }
}
