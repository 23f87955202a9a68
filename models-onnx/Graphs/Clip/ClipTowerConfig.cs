namespace UniM2Rec.Models.Graphs.Clip;

/// <summary>The sizes of one of CLIP's two towers.</summary>
/// <param name="Width">hidden_size</param>
/// <param name="Layers">num_hidden_layers</param>
/// <param name="Heads">num_attention_heads</param>
/// <param name="Inner">intermediate_size</param>
/// <param name="Activation">hidden_act</param>
/// <param name="Epsilon">layer_norm_eps</param>
/// <param name="Output">projection_dim: width of the vectors that both towers share</param>
internal sealed record ClipTowerConfig(int Width, int Layers, int Heads, int Inner, string Activation, float Epsilon, int Output);
