using UniM2Rec.Serving.Model;

namespace UniM2Rec.Serving;

/// <summary>What a service answers from, and what it takes.</summary>
public sealed class ServingOptions
{
    /// <summary>The --out folder of <c>unim2rec-train export</c>.</summary>
    public string Model { get; set; } = "";

    /// <summary>The catalogue's pictures folder, or null to show none.</summary>
    public string? Images { get; set; }

    /// <summary>Processor threads of a request; 0 for one a core.</summary>
    public int Threads { get; set; }

    /// <summary>How candidates are found.</summary>
    public IndexKind Index { get; set; }

    /// <summary>How often the folder is looked at for a new model.</summary>
    public TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of a request's body at most.</summary>
    public int MaxBodyBytes { get; set; } = 1 << 18;

    /// <summary>Items that can be asked for at once.</summary>
    public int MaxTop { get; set; } = 200;

    /// <summary>Events of a history, and items to leave out, at most.</summary>
    public int MaxHistory { get; set; } = 1000;

    /// <summary>Requests at work at the same time; further ones are answered with 503.</summary>
    public int MaxRequests { get; set; } = 256;
}
