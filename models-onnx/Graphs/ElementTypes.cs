namespace UniM2Rec.Models.Graphs;

/// <summary>Sizes of element types.</summary>
internal static class ElementTypes
{
    /// <summary>Bytes an element takes.</summary>
    public static int ByteSize(this ElementType type) => type switch
    {
        ElementType.Float or ElementType.Int32 => 4,
        ElementType.Int64 => 8,
        ElementType.Float16 => 2,
        ElementType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };
}
