namespace UniM2Rec.Extractor.Pipeline;

/// <summary>What became of one modality in a run.</summary>
/// <param name="Name">The modality.</param>
/// <param name="Encoder">Name of the encoder.</param>
/// <param name="Rows">Rows that were made now.</param>
/// <param name="Kept">Rows that an earlier run had made.</param>
/// <param name="Present">Rows made now that have the modality.</param>
/// <param name="Missing">Rows made now whose item has no text or no picture.</param>
/// <param name="Failed">Rows made now whose picture can't be used.</param>
/// <param name="PadRatio">Padding as a share of all tokens encoded; NaN where there were none.</param>
/// <param name="Seconds">Time taken.</param>
/// <param name="SecondsInSession">Of this, time inside ONNX Runtime.</param>
/// <param name="AllocatedBytesPerItem">Managed memory allocated an item, by all threads.</param>
public sealed record ModalityOutcome(
    string Name, string Encoder, long Rows, long Kept, long Present, long Missing, long Failed, double PadRatio, double Seconds, double SecondsInSession, double AllocatedBytesPerItem);
