using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Layers;

/// <summary>
/// Multi-head attention (arXiv 1706.03762, §3.2) from fewer queries than there are positions. Neither keys nor values are computed for the
/// positions: with k_i = K x_i and v_i = V x_i + c,
/// <code>
/// q · k_i = (Kᵀ q) · x_i           Σ_i a_i v_i = V (Σ_i a_i x_i) + c Σ_i a_i
/// </code>
/// A bias of the keys would add the same to every score of a query and fall out of the softmax, so there is none.
/// </summary>
internal static class FewQueriesAttention
{
    /// <param name="queries">[queries, heads, headWidth], already divided by √headWidth.</param>
    /// <param name="key">[width, width]: K, head by head.</param>
    /// <param name="value">[width, width]: V, likewise.</param>
    /// <param name="valueBias">[width]: c.</param>
    /// <param name="x">[rows, length, width]: the packed positions.</param>
    /// <param name="groups">Which positions each query attends to.</param>
    /// <param name="drop">Dropout of the weights.</param>
    /// <returns>[queries, width]</returns>
    public static Tensor Attend(Tensor queries, Tensor key, Tensor value, Tensor valueBias, Tensor x, StateGroups groups, Func<Tensor, Tensor> drop)
    {
        using var scope = NewDisposeScope();
        long count = queries.shape[0], heads = queries.shape[1], headWidth = queries.shape[2], width = x.shape[2];
        var asked = queries.transpose(0, 1).matmul(key.view(heads, headWidth, width)).transpose(0, 1).reshape(count, heads * width); // Kᵀ q
        var found = groups.InOrder(groups.Groups.Select(g => AttendGroup(asked, heads, x, g, drop)).ToList()); // [queries, heads, width + 1]
        var mean = found.narrow(2, 0, width).transpose(0, 1); // [heads, queries, width]
        var context = mean.matmul(value.view(heads, headWidth, width).transpose(1, 2)).transpose(0, 1) // [queries, heads, headWidth]
            + (found.narrow(2, width, 1) * valueBias.view(heads, headWidth));
        return context.reshape(count, width).MoveToOuterDisposeScope();
    }

    /// <summary>[rows · capacity, heads, width + 1]: the weighted sum of the positions, and the sum of the weights, which dropout makes differ from 1.</summary>
    private static Tensor AttendGroup(Tensor asked, long heads, Tensor x, StateGroups.Group group, Func<Tensor, Tensor> drop)
    {
        long rows = group.IsHidden.shape[0], capacity = group.IsHidden.shape[1], length = x.shape[1], width = x.shape[2];
        var own = x.index_select(0, group.Rows); // [rows, length, width]
        var queries = asked.index_select(0, group.States).view(rows, capacity * heads, width);
        var scores = queries.matmul(own.transpose(1, 2)).view(rows, capacity, heads, length).masked_fill(group.IsHidden, float.NegativeInfinity);
        var weights = drop(scores.softmax(-1));
        var sum = weights.view(rows, capacity * heads, length).matmul(own).view(rows * capacity, heads, width);
        return cat([sum, weights.sum(-1).view(rows * capacity, heads, 1)], 2);
    }
}
