namespace UniM2Rec.Models.Conversion;

/// <summary>Precision of a converted model's weights and arithmetic. Inputs and outputs are float32 either way.</summary>
public enum Precision
{
    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>16-bit floating point: half the size; faster on GPUs, slower on most CPUs.</summary>
    Float16,
}
