using UniM2Rec.Catalogue;

namespace UniM2Rec.Extractor.Importing;

/// <summary>One event of an <see cref="InteractionTable"/>; user and item are indices into its id lists, the timestamp is in the source's unit.</summary>
public readonly record struct InteractionRow(int User, int Item, double Timestamp, float Rating, SplitPart Split);
