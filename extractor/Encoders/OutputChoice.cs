using Microsoft.ML.OnnxRuntime;
using UniM2Rec.Diagnostics;
using UniM2Rec.Models.Packs;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>Which of a model's outputs is the vector.</summary>
internal static class OutputChoice
{
    public static string Of(EncoderPack pack, IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        var named = pack.Config.Output;
        if (named.Length > 0 && outputs.ContainsKey(named))
            return named;
        if (named.Length == 0 && outputs.Count == 1)
            return outputs.Keys.Single();
        var shapes = string.Join(", ", outputs.Select(o => $"'{o.Key}' [{string.Join(", ", o.Value.Dimensions)}]"));
        throw new UserErrorException(named.Length > 0
            ? $"{pack.ConfigPath} names the output '{named}', but {pack.ModelPath} has {shapes}; correct 'output'."
            : $"{pack.ModelPath} has {outputs.Count} outputs ({shapes}); say which one is the vector by 'output' in {EncoderPack.ConfigFile}.");
    }
}
