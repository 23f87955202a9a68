namespace UniM2Rec.Catalogue;

/// <summary>The part of a predefined split that an event belongs to.</summary>
public enum SplitPart
{
    /// <summary>The catalogue defines no split for the event.</summary>
    Unspecified,

    /// <summary>Column value <c>train</c>.</summary>
    Train,

    /// <summary>Column value <c>valid</c>.</summary>
    Validation,

    /// <summary>Column value <c>test</c>.</summary>
    Test,
}
