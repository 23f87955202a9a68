namespace UniM2Rec.Diagnostics;

/// <summary>The unit in a bar's state, which holds values of value types only.</summary>
internal readonly record struct UnitName(string Plural)
{
    public const string Key = "unit";
}
