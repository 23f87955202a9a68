namespace UniM2Rec.Diagnostics;

/// <summary>A task that is shown until it is disposed. Safe to use from several threads.</summary>
public interface IProgressTask : IDisposable
{
    /// <summary>Counts units that are done.</summary>
    void Advance(long by = 1);

    /// <summary>Replaces the title.</summary>
    void Describe(string text);

    /// <summary>Says how many units the whole task has.</summary>
    void SetTotal(long total);
}
