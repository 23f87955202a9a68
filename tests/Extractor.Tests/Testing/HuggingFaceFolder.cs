using System.Text.Json;
using UniM2Rec.SafeTensors;

namespace UniM2Rec.Tests.Testing;

/// <summary>Tiny models with random weights, in the form in which the Hugging Face hub serves them.</summary>
internal sealed class HuggingFaceFolder(TemporaryFolder root, string name)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789.,'-";
    private const int Width = 16;
    private const int Side = 32;
    private const int Positions = 20;
    private static readonly int[] ResNet50Depths = [3, 4, 6, 3];
    private readonly Random _random = new(name.Length);
    private readonly List<SafeTensor> _weights = [];

    public static int WordPieceTokens => 5 + 2 * Letters.Length;

    public static string WriteBert(TemporaryFolder root, BertSize? size = null)
    {
        var folder = new HuggingFaceFolder(root, "hub/bert");
        folder.Bert("bert.", size ?? BertSize.Tiny);
        folder.WordPiece("bert", size ?? BertSize.Tiny, "");
        return folder.Save();
    }

    /// <summary>As deep as ResNet-50; the last map has 32 · <paramref name="stem"/> channels (a true ResNet-50: 64 of the stem, pictures of 224).</summary>
    public static string WriteResNet(TemporaryFolder root, int stem = 2, int side = Side)
    {
        var folder = new HuggingFaceFolder(root, "hub/resnet");
        folder.Convolution("conv1", "bn1", stem, 3, 7);
        int input = stem;
        for (int stage = 1; stage <= 4; stage++)
        {
            int output = 2 * stem << stage;
            for (int layer = 0; layer < ResNet50Depths[stage - 1]; layer++)
            {
                string at = $"layer{stage}.{layer}.";
                folder.Convolution(at + "conv1", at + "bn1", output / 4, input, 1);
                folder.Convolution(at + "conv2", at + "bn2", output / 4, output / 4, 3);
                folder.Convolution(at + "conv3", at + "bn3", output, output / 4, 1);
                if (layer == 0)
                    folder.Convolution(at + "downsample.0", at + "downsample.1", output, input, 1);
                input = output;
            }
        }

        folder.Pictures(side);
        return folder.Save();
    }

    public static string WriteVisualBert(TemporaryFolder root)
    {
        var folder = new HuggingFaceFolder(root, "hub/visualbert");
        folder.Bert("visual_bert.", BertSize.Tiny);
        folder.Linear("visual_bert.embeddings.visual_projection", Width, 4 * Width);
        folder.Add("visual_bert.embeddings.visual_token_type_embeddings.weight", 2, Width);
        folder.Add("visual_bert.embeddings.visual_position_embeddings.weight", Positions, Width);
        folder.WordPiece("visual_bert", BertSize.Tiny, $",\"visual_embedding_dim\":{4 * Width}");
        return folder.Save();
    }

    public static string WriteClip(TemporaryFolder root, IReadOnlyList<string> vocabulary, IEnumerable<string> merges)
    {
        var folder = new HuggingFaceFolder(root, "hub/clip");
        folder.Add("text_model.embeddings.token_embedding.weight", vocabulary.Count, Width);
        folder.Add("text_model.embeddings.position_embedding.weight", Positions, Width);
        folder.Tower("text_model.");
        folder.Norm("text_model.final_layer_norm");
        folder.Add("text_projection.weight", 12, Width);
        folder.Add("vision_model.embeddings.class_embedding", Width);
        folder.Add("vision_model.embeddings.patch_embedding.weight", Width, 3, 8, 8);
        folder.Add("vision_model.embeddings.position_embedding.weight", Side * Side / 64 + 1, Width);
        folder.Norm("vision_model.pre_layrnorm");
        folder.Tower("vision_model.");
        folder.Norm("vision_model.post_layernorm");
        folder.Add("visual_projection.weight", 12, Width);
        folder.Write("config.json", $$"""
            {"model_type":"clip","projection_dim":12,
             "text_config":{"vocab_size":{{vocabulary.Count}},"hidden_size":{{Width}},"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":20,"max_position_embeddings":{{Positions}},"eos_token_id":{{vocabulary.Count - 1}} },
             "vision_config":{"hidden_size":{{Width}},"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":20,"image_size":{{Side}},"patch_size":8} }
            """);
        folder.Write("vocab.json", JsonSerializer.Serialize(vocabulary.Select((token, id) => (token, id)).ToDictionary(e => e.token, e => e.id)));
        folder.Write("merges.txt", "#version: 0.2\n" + string.Join('\n', merges) + "\n");
        folder.Pictures(Side);
        return folder.Save();
    }

    private void Bert(string prefix, BertSize size)
    {
        Add(prefix + "embeddings.word_embeddings.weight", WordPieceTokens, size.Width);
        Add(prefix + "embeddings.position_embeddings.weight", size.Positions, size.Width);
        Add(prefix + "embeddings.token_type_embeddings.weight", 2, size.Width);
        Norm(prefix + "embeddings.LayerNorm", size.Width);
        for (int layer = 0; layer < size.Layers; layer++)
        {
            string at = $"{prefix}encoder.layer.{layer}.";
            foreach (string? part in new[] { "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense" })
                Linear(at + part, size.Width, size.Width);
            Norm(at + "attention.output.LayerNorm", size.Width);
            Linear(at + "intermediate.dense", size.Inner, size.Width);
            Linear(at + "output.dense", size.Width, size.Inner);
            Norm(at + "output.LayerNorm", size.Width);
        }
    }

    private void Tower(string prefix)
    {
        foreach (string? part in new[] { "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj" })
            Linear($"{prefix}encoder.layers.0.{part}", Width, Width);
        Norm(prefix + "encoder.layers.0.layer_norm1");
        Norm(prefix + "encoder.layers.0.layer_norm2");
        Linear(prefix + "encoder.layers.0.mlp.fc1", 20, Width);
        Linear(prefix + "encoder.layers.0.mlp.fc2", Width, 20);
    }

    private void WordPiece(string type, BertSize size, string more)
    {
        Write("config.json", $$"""{"model_type":"{{type}}","vocab_size":{{WordPieceTokens}},"hidden_size":{{size.Width}},"num_hidden_layers":{{size.Layers}},"num_attention_heads":{{size.Heads}},"intermediate_size":{{size.Inner}},"max_position_embeddings":{{size.Positions}},"type_vocab_size":2{{more}}}""");
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Letters.Select(c => $"{c}"), .. Letters.Select(c => $"##{c}")];
        Write("vocab.txt", string.Concat(tokens.Select(token => token + "\n")));
    }

    private void Pictures(int side) =>
        Write("preprocessor_config.json", $$"""{"size":{{side}},"do_center_crop":true,"crop_size":{{side}},"resample":3,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]}""");

    private void Linear(string at, int output, int input)
    {
        Add(at + ".weight", output, input);
        Add(at + ".bias", output);
    }

    private void Norm(string at, int width = Width)
    {
        Add(at + ".weight", width);
        Add(at + ".bias", width);
    }

    private void Convolution(string at, string norm, int output, int input, int size)
    {
        Add(at + ".weight", output, input, size, size);
        Norm(norm, output);
        Add(norm + ".running_mean", output);
        _weights.Add(SafeTensor.From<float>(norm + ".running_var", [output], Values(output, 1)));
    }

    private void Add(string at, params long[] shape) => _weights.Add(SafeTensor.From<float>(at, shape, Values(shape.Aggregate(1L, (a, b) => a * b), 0)));

    private float[] Values(long count, float centre) => [.. Enumerable.Range(0, (int)count).Select(_ => centre + 0.5f * (_random.NextSingle() - 0.5f))];

    private void Write(string file, string content) => root.Write($"{name}/{file}", content);

    private string Save()
    {
        Directory.CreateDirectory(root[name]);
        SafeTensorsWriter.Save(root[$"{name}/model.safetensors"], _weights);
        return root[name];
    }
}
