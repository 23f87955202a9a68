using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Reference;

/// <summary>
/// UniM2Rec as the published code computes it, without any of the fast forms: every (history, target) pair is a padded row of its own, every
/// padded position is projected by itself, experts run one after the other, attention runs head by head with a padding mask, and rows with the
/// same target are masked one by one. It reads the fast model's parameters by name, so that autograd gives gradients to compare.
/// </summary>
internal sealed class PlainUniM2Rec(ModelConfig config, int maxLength, IReadOnlyDictionary<string, Tensor> parameters, Fixtures.Items items)
{
    /// <summary>The items as histories have them, where that is not as candidates are.</summary>
    public Fixtures.Items? Histories { get; init; }

    /// <summary>The mean loss over all pairs.</summary>
    /// <param name="pairs">Histories (rows of items, at most the maximal length) and targets.</param>
    /// <param name="catalogue">Candidates, or null for the batch's own targets.</param>
    public Tensor Loss(IReadOnlyList<(int[] History, int Target)> pairs, int[]? catalogue)
    {
        var states = stack(pairs.Select(p => State(p.History)).ToArray(), 0);
        int[] targets = pairs.Select(p => p.Target).ToArray();
        if (catalogue is not null)
        {
            var scores = Cosine(states, stack(catalogue.Select(Item).ToArray(), 0));
            return Mean(pairs.Select((p, i) => scores[i].logsumexp(0) - scores[i][Array.IndexOf(catalogue, p.Target)]));
        }

        var logits = Cosine(states, stack(targets.Select(Item).ToArray(), 0));
        return Mean(pairs.Select((p, i) =>
        {
            // The published logits, with every other row of the same target taken out of the sum.
            var kept = Enumerable.Range(0, targets.Length).Where(j => j == i || targets[j] != targets[i]).Select(j => logits[i][j]).ToArray();
            return stack(kept, 0).logsumexp(0) - logits[i][i];
        }));
    }

    /// <summary>InfoNCE between states of histories and of their views, rows with the same target masked.</summary>
    public Tensor ViewContrast(IReadOnlyList<(int[] History, int[] View, int Target)> rows)
    {
        var logits = Cosine(stack(rows.Select(r => State(r.History)).ToArray(), 0), stack(rows.Select(r => State(r.View)).ToArray(), 0));
        return Mean(rows.Select((r, i) =>
        {
            var kept = Enumerable.Range(0, rows.Count).Where(j => j == i || rows[j].Target != r.Target).Select(j => logits[i][j]).ToArray();
            return stack(kept, 0).logsumexp(0) - logits[i][i];
        }));
    }

    /// <summary>The pairs that examples stand for.</summary>
    public static List<(int[] History, int Target)> Pairs(InteractionLog log, IEnumerable<Example> examples) =>
        examples.SelectMany(w => w.Targets.Select(t => (log.Items(w.First, t.State + 1).ToArray(), log.ItemOf(t.Target)))).ToList();

    /// <summary>[width]: one item, its modalities one after the other.</summary>
    public Tensor Item(int row) => Item(row, items);

    private Tensor Item(int row, Fixtures.Items items)
    {
        var sum = zeros(config.Width);
        float present = 0;
        for (int m = 0; m < items.Features.Length; m++)
        {
            if (items.Present[row][m].item<float>() == 0) continue;
            present++;
            sum = sum + Adapt(m, items.Features[m][row]);
        }

        var vector = sum / Math.Max(1, present);
        return parameters.TryGetValue("item_encoder.ids", out var ids) ? vector + ids[row] : vector;
    }

    private Tensor Adapt(int modality, Tensor x)
    {
        string at = $"item_encoder.adaptors.{modality}.";
        var gates = x.unsqueeze(0).matmul(parameters[at + "gate"]).squeeze(0).softmax(0);
        var sum = zeros(config.Width);
        for (int k = 0; k < config.Experts; k++)
            sum = sum + (gates[k] * parameters[at + "weight"][k].matmul(x - parameters[at + "centre"][k]));
        return sum;
    }

    /// <summary>[width]: the state after one history, computed in a row padded to the maximal length.</summary>
    private Tensor State(int[] history)
    {
        var rows = Enumerable.Range(0, maxLength)
            .Select(p => (p < history.Length ? Item(history[p], Histories ?? items) : zeros(config.Width)) + parameters["sequence_encoder.positions"][p]).ToArray();
        var x = Norm(stack(rows, 0), "sequence_encoder.input_norm");
        for (int layer = 0; layer < config.Layers; layer++)
        {
            string at = $"sequence_encoder.layers.{layer}.";
            x = Norm(x + Attend(x, history.Length, at + "attention."), at + "attention_norm");
            x = Norm(x + Affine(nn.functional.gelu(Affine(x, at + "inner")), at + "outer"), at + "output_norm");
        }

        return x[history.Length - 1];
    }

    private Tensor Attend(Tensor x, int length, string at)
    {
        int width = config.Width, headWidth = config.Width / config.Heads;
        var mask = zeros(maxLength, maxLength);
        for (int i = 0; i < maxLength; i++)
        {
            for (int j = 0; j < maxLength; j++)
            {
                if (j > i || (j >= length && j != i)) mask[i, j] = tensor(float.NegativeInfinity);
            }
        }

        var all = Affine(x, at + "query_key_value");
        var heads = Enumerable.Range(0, config.Heads).Select(h =>
        {
            var query = all.narrow(1, h * headWidth, headWidth);
            var key = all.narrow(1, width + (h * headWidth), headWidth);
            var value = all.narrow(1, (2 * width) + (h * headWidth), headWidth);
            return ((query.matmul(key.t()) / Math.Sqrt(headWidth)) + mask).softmax(1).matmul(value);
        }).ToArray();
        return Affine(cat(heads, 1), at + "output");
    }

    private Tensor Affine(Tensor x, string at) => x.matmul(parameters[at + ".weight"].t()) + parameters[at + ".bias"];

    private Tensor Norm(Tensor x, string at)
    {
        var centred = x - x.mean([1], keepdim: true);
        var spread = (centred.pow(2).mean([1], keepdim: true) + 1e-12).sqrt();
        return (centred / spread * parameters[at + ".weight"]) + parameters[at + ".bias"];
    }

    private Tensor Cosine(Tensor a, Tensor b) =>
        (a / a.pow(2).sum(1, keepdim: true).sqrt()).matmul((b / b.pow(2).sum(1, keepdim: true).sqrt()).t()) / config.Temperature;

    private static Tensor Mean(IEnumerable<Tensor> values) => stack(values.ToArray(), 0).mean();
}
