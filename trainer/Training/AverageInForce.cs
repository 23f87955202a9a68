using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// While it lives, the model is the averaged one: its weights are the average, and what it derives from them at an epoch's start, such as
/// MISSRec's interests, is derived from the average too. Interests of the raw weights would be other points in the item space than the ones
/// which the averaged adaptors map items to. Afterwards, weights and derived tensors are those of training again.
/// </summary>
public sealed class AverageInForce : IDisposable
{
    private readonly WeightAverage _average;
    private readonly List<(Tensor Buffer, Tensor Kept)> _derived;

    /// <param name="average">The average of the model's weights.</param>
    /// <param name="model">The model.</param>
    /// <param name="derive">Derives again what the model derives from its weights.</param>
    public AverageInForce(WeightAverage average, Recommender model, Action derive)
    {
        _average = average;
        _derived = model.named_buffers().Select(b => (b.buffer, b.buffer.detach().clone().DetachFromDisposeScope())).ToList();
        _average.Swap();
        if (_derived.Count > 0) derive();
    }

    public void Dispose()
    {
        using var quiet = no_grad();
        foreach (var (buffer, kept) in _derived)
        {
            buffer.copy_(kept);
            kept.Dispose();
        }

        _average.Swap();
    }
}
