namespace UniM2Rec.Features;

/// <summary>Element types of stored features.</summary>
public enum FeatureType
{
    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>IEEE single precision.</summary>
    Float32,
}
