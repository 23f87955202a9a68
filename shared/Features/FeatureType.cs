namespace UniM2Rec.Features;

/// <summary>Element types of stored features.</summary>
public enum FeatureType
{
    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>IEEE single precision.</summary>
    Float32,
}

/// <summary>Feature types as safetensors and the manifest name them.</summary>
internal static class FeatureTypes
{
    public static SafeTensorType ToSafeTensor(this FeatureType type) =>
        type == FeatureType.Float16 ? SafeTensorType.F16 : SafeTensorType.F32;

    /// <summary>Bytes an element.</summary>
    public static int Size(this FeatureType type) => type == FeatureType.Float16 ? 2 : 4;

    /// <summary>The manifest's name.</summary>
    public static string Name(this FeatureType type) => type == FeatureType.Float16 ? "F16" : "F32";

    /// <summary>The type that the manifest names, or null.</summary>
    public static FeatureType? Parse(string name) => name switch
    {
        "F16" => FeatureType.Float16,
        "F32" => FeatureType.Float32,
        _ => null,
    };
}
