namespace UniM2Rec.Catalogue;

/// <summary>One event of a user in a domain.</summary>
/// <param name="UserId">the same id in two domains is one person</param>
/// <param name="ItemId">an item of the domain</param>
/// <param name="Timestamp">any finite number; only its order counts</param>
/// <param name="Rating">NaN where the catalogue has none</param>
/// <param name="Split">part of a predefined split</param>
public readonly record struct Interaction(string UserId, string ItemId, double Timestamp, float Rating, SplitPart Split);
