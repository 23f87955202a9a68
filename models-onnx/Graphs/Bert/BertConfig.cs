namespace UniM2Rec.Models.Graphs.Bert;

/// <summary>What a BERT's config.json says.</summary>
/// <param name="Vocabulary">number of tokens</param>
/// <param name="Width">hidden_size</param>
/// <param name="Layers">num_hidden_layers</param>
/// <param name="Heads">num_attention_heads</param>
/// <param name="Inner">intermediate_size</param>
/// <param name="Positions">max_position_embeddings</param>
/// <param name="TokenTypes">type_vocab_size</param>
/// <param name="Activation">hidden_act</param>
/// <param name="Epsilon">layer_norm_eps</param>
internal sealed record BertConfig(int Vocabulary, int Width, int Layers, int Heads, int Inner, int Positions, int TokenTypes, string Activation, float Epsilon);
