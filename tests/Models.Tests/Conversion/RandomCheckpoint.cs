using TorchSharp;
using UniM2Rec.Models.Numerics;
using UniM2Rec.SafeTensors;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Conversion;

/// <summary>Random weights under given names: written as a Hugging Face folder, and handed to Torch for the expected answer.</summary>
internal sealed class RandomCheckpoint(ulong seed)
{
    private readonly RandomNumbers _random = new(seed);
    private readonly Dictionary<string, (float[] Values, long[] Shape)> _weights = [];

    public Tensor this[string name] => tensor(_weights[name].Values, _weights[name].Shape);

    public bool Has(string name) => _weights.ContainsKey(name);

    public RandomCheckpoint Add(string name, float spread, float centre, params long[] shape)
    {
        float[] values = _random.Fill(shape.Aggregate(1L, (a, b) => a * b), spread);
        _weights[name] = (Array.ConvertAll(values, v => v + centre), shape);
        return this;
    }

    public RandomCheckpoint Linear(string name, long output, long input, bool bias = true)
    {
        Add(name + ".weight", 1 / MathF.Sqrt(input), 0, output, input);
        return bias ? Add(name + ".bias", 0.2f, 0, output) : this;
    }

    public RandomCheckpoint Norm(string name, long width) =>
        Add(name + ".weight", 0.2f, 1, width).Add(name + ".bias", 0.2f, 0, width);

    public RandomCheckpoint Convolution(string name, string norm, long output, long input, long size)
    {
        Add(name + ".weight", 1.4f / MathF.Sqrt(input * size * size), 0, output, input, size, size);
        Norm(norm, output);
        return Add(norm + ".running_mean", 0.2f, 0, output).Add(norm + ".running_var", 0.2f, 1, output);
    }

    /// <summary>Writes model.safetensors, under other names where a renaming is given.</summary>
    public void Save(string folder, Func<string, string>? rename = null)
    {
        Directory.CreateDirectory(folder);
        SafeTensorsWriter.Save(
            Path.Combine(folder, "model.safetensors"),
            [.. _weights.Select(w => SafeTensor.From<float>(rename?.Invoke(w.Key) ?? w.Key, w.Value.Shape, w.Value.Values))]);
    }
}
