using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Tests.Reference;

/// <summary>
/// MISSRec as the published code computes it, with what it gets wrong put right and none of the fast forms: one sequence at a time, every
/// position through every layer, keys and values of every position, head by head. It reads the fast model's parameters and interests by name.
/// </summary>
internal sealed class PlainMissRec(
    ModelConfig config, IReadOnlyDictionary<string, Tensor> parameters, Tensor centroids, long[,] membership, Fixtures.Items items)
{
    /// <summary>The mean cross-entropy over the candidates + weight · mean over sequences of ‖Σ over interests of m‖² / width.</summary>
    public Tensor Loss(IReadOnlyList<(int[] History, int Target)> pairs, int[] catalogue)
    {
        var losses = new List<Tensor>();
        var penalty = zeros(1).squeeze();
        foreach (var (history, target) in pairs)
        {
            var (state, encoded) = State(history);
            var scores = stack(catalogue.Select(c => Score(state, c)).ToArray(), 0);
            losses.Add(scores.logsumexp(0) - scores[Array.IndexOf(catalogue, target)]);
            penalty = penalty + (encoded.sum(dim: 0).pow(2).sum() / config.Width);
        }

        return stack(losses.ToArray(), 0).mean() + (penalty / pairs.Count * config.Missrec.Regularizer);
    }

    /// <summary>Contrast within the batch, rows with the same target masked, + weight · contrast with the views, and both sides' penalties.</summary>
    public Tensor PretrainingLoss(IReadOnlyList<(int[] History, int[] View, int Target)> rows, double weight)
    {
        var states = rows.Select(r => State(r.History)).ToArray();
        var views = rows.Select(r => State(r.View)).ToArray();
        var losses = new List<Tensor>();
        for (int i = 0; i < rows.Count; i++)
        {
            int[] kept = Enumerable.Range(0, rows.Count).Where(j => j == i || rows[j].Target != rows[i].Target).ToArray();
            int own = Array.IndexOf(kept, i);
            var scores = stack(kept.Select(j => Score(states[i].State, rows[j].Target)).ToArray(), 0);
            var cosines = stack(kept.Select(j => (Unit(states[i].State) * Unit(views[j].State)).sum() / config.Temperature).ToArray(), 0);
            losses.Add(scores.logsumexp(0) - scores[own] + ((cosines.logsumexp(0) - cosines[own]) * weight));
        }

        var penalties = states.Concat(views).Select(s => s.Interests.sum(dim: 0).pow(2).sum() / config.Width).ToArray();
        return stack(losses.ToArray(), 0).mean() + (stack(penalties, 0).sum() / rows.Count * config.Missrec.Regularizer);
    }

    public Tensor Score(Tensor state, int item)
    {
        var unit = Unit(state);
        var cosines = new List<Tensor>();
        for (int m = 0; m < items.Features.Length; m++)
        {
            if (Has(item, m)) cosines.Add((unit * Unit(Adapt(item, m))).sum());
        }

        var all = stack(cosines.ToArray(), 0);
        var alpha = config.Missrec.Fusion switch
        {
            CandidateFusionKind.Shared => parameters["fusion.sharpness"][0],
            CandidateFusionKind.Instance => parameters["fusion.sharpness"][item],
            _ => zeros(1).squeeze(),
        };
        var score = (all * (all * alpha).softmax(0)).sum();
        if (parameters.TryGetValue("ids", out var ids)) score = ((unit * Unit(ids[item])).sum() + (score * 2)) / 3;
        return score / config.Temperature;
    }

    private bool Has(int item, int modality) => items.Present[item][modality].item<float>() > 0;

    private Tensor Adapt(int item, int modality) => Affine(items.Features[modality][item].unsqueeze(0), $"adaptors.{modality}").squeeze(0);

    /// <summary>[width] the state after a history, and [interests, width] its encoded interests.</summary>
    private (Tensor State, Tensor Interests) State(int[] history)
    {
        long[] interests = history.SelectMany(i => Enumerable.Range(0, items.Features.Length).Select(m => membership[i, m])).Where(k => k >= 0).Distinct().ToArray();
        var memory = stack(interests.Select(k => centroids[k]).ToArray(), 0);
        memory = Norm(memory + Attend(memory), "context_encoder.attention_norm");
        memory = Norm(memory + FeedForward(memory, "context_encoder."), "context_encoder.output_norm");
        memory = Norm(memory, "context_norm");

        var x = stack(history.Select((item, p) => Item(item) + parameters["decoder.positions"][p]).ToArray(), 0);
        x = Norm(x, "decoder.input_norm");
        x = Norm(x + Attend(x, x, "decoder.item_attention."), "decoder.item_norm");
        x = Norm(x + Attend(x, memory, "decoder.interest_attention."), "decoder.interest_norm");
        x = Norm(x + FeedForward(x, "decoder."), "decoder.output_norm");
        x = Norm(x, "decoder.final_norm");
        return (x[history.Length - 1], memory);
    }

    private Tensor Item(int item)
    {
        var sum = zeros(config.Width);
        for (int m = 0; m < items.Features.Length; m++)
        {
            if (Has(item, m)) sum = sum + Adapt(item, m);
        }

        return parameters.TryGetValue("ids", out var ids) ? sum + ids[item] : sum;
    }

    private Tensor FeedForward(Tensor x, string at) => Affine(nn.functional.gelu(Affine(x, at + "inner")), at + "outer");

    /// <summary>Self-attention of the context encoder.</summary>
    private Tensor Attend(Tensor x)
    {
        var all = Affine(x, "context_encoder.attention.query_key_value");
        var parts = Enumerable.Range(0, 3).Select(p => all.narrow(1, p * config.Width, config.Width)).ToArray();
        return Affine(Heads(parts[0], parts[1], parts[2]), "context_encoder.attention.output");
    }

    /// <summary>Attention of the decoder: every position of <paramref name="x"/> over every one of <paramref name="over"/>.</summary>
    private Tensor Attend(Tensor x, Tensor over, string at) => Affine(
        Heads(Affine(x, at + "query"), over.matmul(parameters[at + "key"].t()), over.matmul(parameters[at + "value"].t()) + parameters[at + "value_bias"]), at + "output");

    private Tensor Heads(Tensor query, Tensor key, Tensor value)
    {
        int headWidth = config.Width / config.Heads;
        return cat(Enumerable.Range(0, config.Heads).Select(h =>
        {
            Tensor Part(Tensor t) => t.narrow(1, h * headWidth, headWidth);
            return (Part(query).matmul(Part(key).t()) / Math.Sqrt(headWidth)).softmax(1).matmul(Part(value));
        }).ToArray(), 1);
    }

    private Tensor Affine(Tensor x, string at) => x.matmul(parameters[at + ".weight"].t()) + parameters[at + ".bias"];

    private Tensor Norm(Tensor x, string at)
    {
        var centred = x - x.mean([1], keepdim: true);
        var spread = (centred.pow(2).mean([1], keepdim: true) + 1e-12).sqrt();
        return (centred / spread * parameters[at + ".weight"]) + parameters[at + ".bias"];
    }

    private static Tensor Unit(Tensor x) => x / x.pow(2).sum().sqrt();
}
