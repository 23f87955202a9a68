namespace UniM2Rec.Extractor.Encoders;

/// <summary>How an encoder's session is opened.</summary>
public sealed record SessionSettings
{
    /// <summary>Where it runs.</summary>
    public DeviceChoice Device { get; init; } = DeviceChoice.Cpu;

    /// <summary>Threads of one run.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether idle threads wait busily: faster between the operators of a large model, a waste beside threads that prepare pictures.</summary>
    public bool Spinning { get; init; } = true;

    /// <summary>
    /// Whether batches come in few fixed shapes, and inputs and outputs are bound (IO binding): on a GPU, where each new shape costs a search for
    /// kernels and new memory.
    /// </summary>
    public bool FixedShapes { get; init; }

    /// <summary>Most GPU memory, in bytes; 0 = no limit.</summary>
    public long GpuMemoryLimit { get; init; }
}
