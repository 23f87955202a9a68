namespace UniM2Rec.Models.Images;

/// <summary>A run of features of one kind.</summary>
/// <param name="Name">what they say</param>
/// <param name="Length">how many there are</param>
/// <param name="Weight">the block's share of the vector's variance, relative to the others</param>
internal sealed record FeatureBlock(string Name, int Length, float Weight);
