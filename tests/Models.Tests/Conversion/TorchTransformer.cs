using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace UniM2Rec.Tests.Conversion;

/// <summary>Transformer layers in Torch, written from the papers, one head at a time.</summary>
internal static class TorchTransformer
{
    public static Tensor Norm(RandomCheckpoint w, string name, Tensor x, double epsilon) =>
        layer_norm(x, [x.shape[^1]], w[name + ".weight"], w[name + ".bias"], epsilon);

    public static Tensor Linear(RandomCheckpoint w, string name, Tensor x) =>
        linear(x, w[name + ".weight"], w.Has(name + ".bias") ? w[name + ".bias"] : null);

    /// <summary>hidden: true where a position must not be seen, broadcast to [items, length, length].</summary>
    public static Tensor Attend(RandomCheckpoint w, Tensor x, Tensor? hidden, int heads, string query, string key, string value, string output)
    {
        long depth = x.shape[^1] / heads;
        Tensor q = Linear(w, query, x), k = Linear(w, key, x), v = Linear(w, value, x);
        var contexts = new List<Tensor>();
        for (int head = 0; head < heads; head++)
        {
            var scores = q.narrow(2, head * depth, depth).matmul(k.narrow(2, head * depth, depth).transpose(1, 2)) / Math.Sqrt(depth);
            if (hidden is not null)
                scores = scores.masked_fill(hidden, double.NegativeInfinity);
            contexts.Add(scores.softmax(-1).matmul(v.narrow(2, head * depth, depth)));
        }

        return Linear(w, output, cat([.. contexts], -1));
    }

    public static Tensor BertLayers(RandomCheckpoint w, string prefix, Tensor embedded, Tensor mask, int layers, int heads, double epsilon)
    {
        var hidden = mask.eq(0).unsqueeze(1);
        var x = Norm(w, prefix + "embeddings.LayerNorm", embedded, epsilon);
        for (int layer = 0; layer < layers; layer++)
        {
            string at = $"{prefix}encoder.layer.{layer}.";
            var attended = Attend(w, x, hidden, heads, at + "attention.self.query", at + "attention.self.key", at + "attention.self.value", at + "attention.output.dense");
            x = Norm(w, at + "attention.output.LayerNorm", x + attended, epsilon);
            x = Norm(w, at + "output.LayerNorm", x + Linear(w, at + "output.dense", gelu(Linear(w, at + "intermediate.dense", x))), epsilon);
        }

        return x;
    }

    public static Tensor BertEmbeddings(RandomCheckpoint w, string prefix, Tensor ids, Tensor types)
    {
        var words = w[prefix + "embeddings.word_embeddings.weight"].index_select(0, ids.flatten()).view(ids.shape[0], ids.shape[1], -1);
        var kinds = w[prefix + "embeddings.token_type_embeddings.weight"].index_select(0, types.flatten()).view(ids.shape[0], ids.shape[1], -1);
        return words + kinds + w[prefix + "embeddings.position_embeddings.weight"].narrow(0, 0, ids.shape[1]);
    }

    public static Tensor ClipLayers(RandomCheckpoint w, string prefix, Tensor x, Tensor? hidden, int layers, int heads, double epsilon)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            string at = $"{prefix}encoder.layers.{layer}.";
            x = x + Attend(w, Norm(w, at + "layer_norm1", x, epsilon), hidden, heads, at + "self_attn.q_proj", at + "self_attn.k_proj", at + "self_attn.v_proj", at + "self_attn.out_proj");
            var inner = Linear(w, at + "mlp.fc1", Norm(w, at + "layer_norm2", x, epsilon));
            x = x + Linear(w, at + "mlp.fc2", inner * (inner * 1.702).sigmoid());
        }

        return x;
    }

    public static void AddBert(RandomCheckpoint w, string prefix, int vocabulary, int width, int layers, int inner, int positions)
    {
        w.Add(prefix + "embeddings.word_embeddings.weight", 0.5f, 0, vocabulary, width)
            .Add(prefix + "embeddings.position_embeddings.weight", 0.5f, 0, positions, width)
            .Add(prefix + "embeddings.token_type_embeddings.weight", 0.5f, 0, 2, width)
            .Norm(prefix + "embeddings.LayerNorm", width)
            .Linear(prefix + "pooler.dense", width, width);
        for (int layer = 0; layer < layers; layer++)
        {
            string at = $"{prefix}encoder.layer.{layer}.";
            w.Linear(at + "attention.self.query", width, width).Linear(at + "attention.self.key", width, width)
                .Linear(at + "attention.self.value", width, width).Linear(at + "attention.output.dense", width, width)
                .Norm(at + "attention.output.LayerNorm", width).Linear(at + "intermediate.dense", inner, width)
                .Linear(at + "output.dense", width, inner).Norm(at + "output.LayerNorm", width);
        }
    }

    public static void AddClipLayers(RandomCheckpoint w, string prefix, int width, int layers, int inner)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            string at = $"{prefix}encoder.layers.{layer}.";
            foreach (string? part in new[] { "q_proj", "k_proj", "v_proj", "out_proj" })
                w.Linear(at + "self_attn." + part, width, width);
            w.Norm(at + "layer_norm1", width).Norm(at + "layer_norm2", width).Linear(at + "mlp.fc1", inner, width).Linear(at + "mlp.fc2", width, inner);
        }
    }
}
