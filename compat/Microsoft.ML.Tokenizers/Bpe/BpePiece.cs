namespace Microsoft.ML.Tokenizers;

/// <summary>A token of a word and the number of the word's characters that it stands for.</summary>
internal readonly record struct BpePiece(int Id, int Length);
