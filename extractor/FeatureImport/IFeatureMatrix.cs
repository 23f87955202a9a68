namespace UniM2Rec.Extractor.FeatureImport;

/// <summary>Feature vectors that were computed elsewhere: [rows, width].</summary>
public interface IFeatureMatrix : IDisposable
{
    /// <summary>The file, for messages.</summary>
    string Source { get; }

    /// <summary>Number of rows.</summary>
    int Rows { get; }

    /// <summary>Numbers a row.</summary>
    int Width { get; }

    /// <summary>Reads one row.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    /// <param name="destination">[width].</param>
    void ReadRow(int row, Span<float> destination);
}
