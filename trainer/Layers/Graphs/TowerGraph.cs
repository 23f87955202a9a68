using TorchSharp.Modules;
using UniM2Rec.Models.Onnx;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// The user side of a network as an ONNX graph: from the vectors of a history's items to the user's vector. Each layer adds itself, in inference mode; sequences
/// lie a row each, from the left, and are padded behind their end.
/// </summary>
public sealed class TowerGraph
{
    private readonly GraphBuilder _graph = new("user-tower");

    /// <summary>Begins with the inputs that every tower has.</summary>
    /// <param name="width">Width of the items' vectors.</param>
    public TowerGraph(long width)
    {
        Width = width;
        Items = _graph.Input("items", ElementType.Float, "batch", "length", width);
        Lengths = _graph.Input("lengths", ElementType.Int64, "batch");
        Positions = Count(Items);
        IsLast = IsLastOf(Lengths);
    }

    /// <summary>The graph.</summary>
    public GraphBuilder Graph => _graph;

    /// <summary>Width of the items' vectors.</summary>
    public long Width { get; }

    /// <summary>[batch, length, width]: vectors of the items, oldest first.</summary>
    public Value Items { get; }

    /// <summary>[batch] int64: events of each history, at least 1.</summary>
    public Value Lengths { get; }

    /// <summary>[length] int64: 0, 1, …</summary>
    public Value Positions { get; }

    /// <summary>[batch, 1, length]: 1 at each history's last event, else 0.</summary>
    private Value IsLast { get; }

    /// <summary>A second set of vectors of each history.</summary>
    /// <param name="name">Name of the input, [batch, some, width]; how many of them count is the input NAME_count.</param>
    /// <returns>The vectors, and what is added to the scores of attention over them: [batch, 1, 1, some].</returns>
    public (Value Vectors, Value Mask) Set(string name)
    {
        var vectors = _graph.Input(name, ElementType.Float, "batch", name, Width);
        var counts = _graph.Input($"{name}_count", ElementType.Int64, "batch");
        return (vectors, MaskBehind(Count(vectors), counts));
    }

    /// <summary>[length, length]: what hides later positions from earlier ones.</summary>
    public Value CausalMask() => Hide(_graph.Greater(_graph.Unsqueeze(Positions, 0), _graph.Unsqueeze(Positions, 1)));

    /// <summary>[batch, 1, 1, length]: what hides the padding.</summary>
    public Value PaddingMask() => MaskBehind(Positions, Lengths);

    /// <summary>[batch, 1, width]: x at each history's last event.</summary>
    /// <param name="x">[batch, length, width]</param>
    public Value AtLast(Value x) => _graph.MatMul(IsLast, x);

    /// <summary>Each history read from its latest event and from its latest one of a domain that is predicted: a further input, "own", [batch] int64, has the events up to that one.</summary>
    /// <param name="x">[batch, length, width]</param>
    /// <returns>[batch, 2, width]: x at the two, and what hides from each what comes behind it, [batch, 1, 2, length].</returns>
    public (Value States, Value Mask) AtLastAndOwn(Value x)
    {
        var own = _graph.Input("own", ElementType.Int64, "batch");
        return (_graph.Concat(1, AtLast(x), _graph.MatMul(IsLastOf(own), x)), _graph.Concat(2, PaddingMask(), MaskBehind(Positions, own)));
    }

    /// <summary>The sum over the second axis, each row with weights of its own.</summary>
    /// <param name="x">[batch, rows, width]</param>
    /// <param name="weights">[rows, width]</param>
    /// <returns>[batch, 1, width]</returns>
    public Value WeightedSum(Value x, Tensor weights) => _graph.ReduceSum(_graph.Mul(x, Weight("weights", weights)), [1]);

    /// <summary>x·Wᵀ + b over the last axis.</summary>
    public Value Linear(Value x, Linear layer) => Linear(x, layer.weight, layer.bias);

    /// <inheritdoc cref="Linear(Value, TorchSharp.Modules.Linear)"/>
    public Value Linear(Value x, Tensor weight, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var product = _graph.MatMul(x, Weight("weight", weight.t()));
        return bias is null ? product : _graph.Add(product, Weight("bias", bias));
    }

    /// <summary>Layer normalisation over the last axis.</summary>
    public Value Normalize(Value x, LayerNorm layer) =>
        _graph.LayerNormalization(x, Weight("gain", layer.weight!), Weight("bias", layer.bias!), (float)layer.eps);

    /// <summary>x + the vectors of its positions.</summary>
    /// <param name="x">[batch, length, width]</param>
    /// <param name="positions">[longest, width]</param>
    public Value AddPositions(Value x, Tensor positions) => _graph.Add(x, _graph.Gather(Weight("positions", positions), Positions));

    /// <summary>x/2 · (1 + erf(x/√2)), in the order of operators that ONNX Runtime fuses into one.</summary>
    public Value Gelu(Value x)
    {
        var erf = _graph.Erf(_graph.Div(x, _graph.Scalar(Math.Sqrt(2))));
        return _graph.Mul(_graph.Mul(x, _graph.Add(erf, _graph.Scalar(1))), _graph.Scalar(0.5));
    }

    /// <summary>Multi-head attention, from what is projected already.</summary>
    /// <param name="query">[batch, queries, width]</param>
    /// <param name="key">[batch, keys, width]</param>
    /// <param name="value">[batch, keys, width]</param>
    /// <param name="mask">Added to the scores, broadcast to [batch, heads, queries, keys].</param>
    /// <param name="heads">Number of heads.</param>
    /// <returns>[batch, queries, width], before the output's projection.</returns>
    public Value Attend(Value query, Value key, Value value, Value mask, long heads)
    {
        long headWidth = Width / heads;
        var scores = _graph.Div(_graph.MatMul(Split(query, 0, 2, 1, 3), Split(key, 0, 2, 3, 1)), _graph.Scalar(Math.Sqrt(headWidth)));
        var shares = _graph.Softmax(_graph.Add(scores, mask), -1);
        return _graph.Reshape(_graph.Transpose(_graph.MatMul(shares, Split(value, 0, 2, 1, 3)), 0, 2, 1, 3), 0, 0, Width);

        Value Split(Value x, params long[] order) => _graph.Transpose(_graph.Reshape(x, 0, 0, heads, headWidth), order);
    }

    /// <summary>Ends the graph.</summary>
    /// <param name="state">[batch, 1, width]: at each history's last event.</param>
    /// <param name="length">Length that the user's vectors have, or null for the state as it is.</param>
    public void Complete(Value state, double? length)
    {
        var user = _graph.Squeeze(state, 1);
        _graph.Output(length is { } l ? _graph.NormalizeLast(user, l) : user, "user", "batch", Width);
    }

    private Value Weight(string name, Tensor values)
    {
        using var scope = NewDisposeScope();
        return _graph.Weight(name, values.detach().cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray(), values.shape);
    }

    /// <summary>[some] int64: 0, 1, … along the second axis.</summary>
    private Value Count(Value x) => _graph.Apply("Range", [_graph.Integer(0), _graph.Gather(_graph.Shape(x), _graph.Integer(1)), _graph.Integer(1)], type: ElementType.Int64);

    /// <summary>[batch, 1, length]: 1 at the last of so many, else 0.</summary>
    private Value IsLastOf(Value counts) =>
        _graph.Cast(_graph.Unsqueeze(_graph.Apply("Equal", [_graph.Unsqueeze(Positions, 0), Last(counts)], type: ElementType.Bool), 1), ElementType.Float);

    /// <summary>[batch, 1] int64: the last of so many.</summary>
    private Value Last(Value counts) => _graph.Sub(_graph.Unsqueeze(counts, 1), _graph.Integer(1));

    private Value MaskBehind(Value positions, Value counts) => _graph.Unsqueeze(Hide(_graph.Greater(_graph.Unsqueeze(positions, 0), Last(counts))), 1, 2);

    private Value Hide(Value isHidden) => _graph.Where(isHidden, _graph.Scalar(double.NegativeInfinity), _graph.Scalar(0));
}
