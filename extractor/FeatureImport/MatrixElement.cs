namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Element types of matrices without a container of their own.</summary>
public enum MatrixElement
{
    /// <summary>IEEE half precision.</summary>
    Float16,

    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>IEEE double precision.</summary>
    Float64,
}
