namespace UniM2Rec.Extractor.Synthesis;

/// <summary>Streams of <see cref="SeededRandom"/>, so that a change in one part leaves the others' draws alone.</summary>
internal static class RandomPurpose
{
    public const int Attributes = 1;
    public const int Text = 2;
    public const int Picture = 3;
    public const int Transitions = 4;
    public const int Shopper = 5;
    public const int MissingPicture = 6;
}
