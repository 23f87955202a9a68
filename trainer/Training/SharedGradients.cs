using TorchSharp.Modules;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Distributed;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Training;

/// <summary>
/// What several processes exchange in a step, of which each has a stretch of the sequences and a stretch of the items: the items' vectors, the gradients that
/// come back to them, and the parameters' gradients. Those of the first stage, from the loss down to the items' vectors, are summed while the second one, from these down
/// to the adaptors, is computed.
/// </summary>
/// <param name="ranks">The processes.</param>
/// <param name="parameters">What is trained, in the same order everywhere.</param>
internal sealed class SharedGradients(ICommunicator ranks, IReadOnlyList<Parameter> parameters)
{
    private readonly Tensor?[] _first = new Tensor?[parameters.Count];

    /// <summary>The rows of the items that this process encodes.</summary>
    /// <param name="rows">Those of all items of the step.</param>
    /// <exception cref="UserErrorException">They are fewer than the processes.</exception>
    public int[] Own(int[] rows)
    {
        if (rows.Length < ranks.Size)
            throw new UserErrorException($"A step has {rows.Length} items, which {ranks.Size} processes can't share; start fewer, or take more targets a step (training.batchTargets).");
        int[] shares = Shares.Even(rows.Length, ranks.Size);
        return rows.AsSpan(shares.Take(ranks.Rank).Sum(), shares[ranks.Rank]).ToArray();
    }

    /// <summary>The vectors of all items, as leaves, from those that each process has encoded.</summary>
    /// <param name="own">Sets of vectors, each of this process's items.</param>
    /// <param name="items">Number of all items.</param>
    /// <returns>The sets one after the other.</returns>
    public ItemVectors Gather(IReadOnlyList<ItemVectors> own, int items)
    {
        int[] shares = Shares.Even(items, ranks.Size);
        var sets = own.Select(set => set.Map(t => ranks.Gather(t, shares))).ToList();
        var all = sets is [var only] ? only : ItemVectors.Concat(sets);
        foreach (var (leaf, vector) in all.Tensors.Zip(own[0].Tensors)) leaf.requires_grad_(vector.requires_grad);
        return all;
    }

    /// <summary>Ends the first stage and computes the second.</summary>
    /// <param name="loss">This process's share of the loss.</param>
    /// <param name="own">Sets of vectors, each of this process's items.</param>
    /// <param name="leaves">The vectors of all items, with the gradients of this process's sequences.</param>
    /// <returns>The loss of the batch.</returns>
    public double Complete(double loss, IReadOnlyList<ItemVectors> own, ItemVectors leaves)
    {
        var (sum, has) = Agree(loss, [.. parameters, .. leaves.Tensors]);
        int[] learned = [.. Enumerable.Range(0, leaves.Tensors.Count).Where(t => has[parameters.Count + t])];
        var gradients = learned.ToDictionary(t => t, t => leaves.Tensors[t].grad ?? zeros_like(leaves.Tensors[t]));
        ranks.Sum([.. learned.Select(t => gradients[t])]);
        var summing = ranks.BeginSum(TakeFirst(has));
        try
        {
            Backward(own, gradients);
        }
        finally
        {
            summing.GetAwaiter().GetResult();
        }

        AddSecond();
        return sum;
    }

    private void Backward(IReadOnlyList<ItemVectors> own, Dictionary<int, Tensor> gradients)
    {
        var (vectors, gained) = (new List<Tensor>(), new List<Tensor>());
        int count = (int)own[0].Input.shape[0];
        int[] shares = [];
        for (int set = 0; set < own.Count; set++)
        {
            foreach (var (t, gradient) in gradients.Where(g => own[set].Tensors[g.Key].requires_grad))
            {
                int items = (int)gradient.shape[0] / own.Count;
                if (shares.Length == 0) shares = Shares.Even(items, ranks.Size);
                vectors.Add(own[set].Tensors[t]);
                gained.Add(gradient.narrow(0, (set * items) + shares.Take(ranks.Rank).Sum(), count));
            }
        }

        if (vectors.Count > 0) autograd.backward(vectors, gained);
    }

    /// <summary>Sets the first stage's gradients aside, 0 where another process alone has some.</summary>
    private List<Tensor> TakeFirst(bool[] has)
    {
        for (int p = 0; p < parameters.Count; p++)
        {
            _first[p] = !has[p] ? null : parameters[p].grad ?? zeros_like(parameters[p]).detach();
            if (has[p]) parameters[p].grad = null;
        }

        return [.. _first.OfType<Tensor>()];
    }

    /// <summary>Sums the second stage's gradients, and adds them to the first's.</summary>
    private void AddSecond()
    {
        using var quiet = no_grad();
        var (_, has) = Agree(0, parameters);
        var second = parameters.Where((_, p) => has[p]).Select(p => p.grad ?? zeros_like(p).detach()).ToList();
        ranks.Sum(second);
        int next = 0;
        for (int p = 0; p < parameters.Count; p++)
        {
            var later = has[p] ? second[next++] : null;
            var sum = (_first[p], later) switch
            {
                ({ } a, { } b) => a.add_(b),
                var (a, b) => a ?? b,
            };
            if (sum is not null) parameters[p].grad = sum;
            _first[p] = null;
        }
    }

    /// <summary>The sum of a number, and which of some tensors have a gradient in any process.</summary>
    private (double Sum, bool[] Has) Agree(double number, IReadOnlyList<Tensor> tensors)
    {
        using var scope = NewDisposeScope();
        var message = tensor([(float)number, .. tensors.Select(t => t.grad is null ? 0f : 1f)]);
        ranks.Sum([message]);
        float[] sums = message.data<float>().ToArray();
        return (sums[0], [.. sums.Skip(1).Select(s => s > 0)]);
    }
}
