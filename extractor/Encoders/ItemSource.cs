namespace UniM2Rec.Extractor.Encoders;

/// <summary>What an item is prepared from.</summary>
/// <param name="Text">Its text; "" where it has none.</param>
/// <param name="ImagePath">Absolute path of its picture; null where it has none.</param>
/// <param name="ImageProblem">Why the picture's path can't be used; null where it can.</param>
public readonly record struct ItemSource(string Text, string? ImagePath, string? ImageProblem);
