namespace UniM2Rec.Features;

/// <summary>What the rows of a modality are.</summary>
/// <param name="Name">"text", "image" or "cross", or another name of the characters a-z, 0-9 and _</param>
/// <param name="Width">numbers a row</param>
/// <param name="Type">type of the numbers</param>
/// <param name="EncoderName">for people</param>
/// <param name="EncoderFingerprint">hash of everything that decides the encoder's output; a change makes the modality stale</param>
public sealed record ModalitySpecification(string Name, int Width, FeatureType Type, string EncoderName, string EncoderFingerprint)
{
    /// <summary>Whether rows made for the other specification are rows of this one. The encoder's name does not count.</summary>
    public bool MakesSameRowsAs(ModalitySpecification other) =>
        (Name, Width, Type, EncoderFingerprint) == (other.Name, other.Width, other.Type, other.EncoderFingerprint);
}
