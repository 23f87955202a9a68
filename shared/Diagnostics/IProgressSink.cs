namespace UniM2Rec.Diagnostics;

/// <summary>Shows the progress of long work. Safe to use from several threads.</summary>
public interface IProgressSink
{
    /// <summary>Begins a task; several may run at the same time.</summary>
    /// <param name="title">what is done, e.g. "text embeddings"</param>
    /// <param name="total">units of the whole task, or null while that is not known</param>
    /// <param name="unit">plural name of a unit, e.g. "items"</param>
    IProgressTask Start(string title, long? total, string unit);
}
