using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Models.Conversion;

/// <summary>A family of networks that Hugging Face folders are converted from. One family is one file in Families/ (docs/EXTENDING.md).</summary>
internal interface IEncoderFamily
{
    /// <summary>The values of config.json's <c>model_type</c> that are of this family.</summary>
    IReadOnlyList<string> ModelTypes { get; }

    /// <summary>Builds the network as an ONNX graph and writes its encoder folder, or folders.</summary>
    /// <param name="job">Where from, where to, the weights.</param>
    /// <param name="config">config.json, or null where the folder has none.</param>
    /// <exception cref="UserErrorException">A value means a network that is not built here, or weights are missing or do not fit.</exception>
    IReadOnlyList<EncoderFolder> Convert(ConversionJob job, ConfigReader? config);
}

/// <summary>Every family of this library.</summary>
internal static class EncoderFamilies
{
    public static IReadOnlyList<IEncoderFamily> All { get; } = [.. Declared.InstancesOf<IEncoderFamily>()];
}
