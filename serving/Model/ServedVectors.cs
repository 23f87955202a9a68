namespace UniM2Rec.Serving.Model;

/// <summary>The vectors of an export, mapped into memory.</summary>
internal sealed class ServedVectors : IDisposable
{
    private readonly SafeTensorsFile _file;

    /// <exception cref="UserErrorException">A tensor is missing or has another shape than the export says.</exception>
    public ServedVectors(string folder, RecommenderManifest manifest)
    {
        Network = manifest.Network!;
        _file = SafeTensorsFile.Open(Path.Combine(folder, ExportLayout.Vectors));
        try
        {
            Require(ExportTensors.History, SafeTensorType.F32, manifest.Items, Network.Width);
            if (Network.Score == NetworkScore.Product)
            {
                Require(ExportTensors.Candidates, SafeTensorType.F32, manifest.Candidates, Network.Width);
                return;
            }

            for (int m = 0; m < Network.Modalities; m++) Require(ExportTensors.Modality(m), SafeTensorType.F32, manifest.Candidates, Network.Width);
            Require(ExportTensors.Present, SafeTensorType.F32, manifest.Candidates, Network.Modalities);
            Require(ExportTensors.Sharpness, SafeTensorType.F32, manifest.Candidates);
            if (Network.HasIds) Require(ExportTensors.Ids, SafeTensorType.F32, manifest.Candidates, Network.Width);
            Interests = (int)(_file.Entry(ExportTensors.Interests).Shape is [var rows and > 0 and < int.MaxValue, _] ? rows : 0);
            Require(ExportTensors.Interests, SafeTensorType.F32, Interests, Network.Width);
            Require(ExportTensors.InterestOf, SafeTensorType.I32, manifest.Items, Network.Modalities);
            foreach (int interest in _file.Span<int>(ExportTensors.InterestOf))
            {
                if (interest < -1 || interest >= Interests - 1) throw Wrong($"'{ExportTensors.InterestOf}' names the interest {interest} of {Interests - 1}");
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>How they make a score.</summary>
    public ExportedNetwork Network { get; }

    /// <summary>Rows of the interests, that of none included; 0 where the model has none.</summary>
    public int Interests { get; }

    /// <summary>A row of a matrix whose rows have the network's width.</summary>
    public ReadOnlySpan<float> Row(string tensor, int row) => All(tensor).Slice(row * Network.Width, Network.Width);

    /// <summary>All numbers of a tensor.</summary>
    public ReadOnlySpan<float> All(string tensor) => _file.Span<float>(tensor);

    /// <summary>An item's interest in each modality, or -1.</summary>
    public ReadOnlySpan<int> InterestsOf(int item) => _file.Span<int>(ExportTensors.InterestOf).Slice(item * Network.Modalities, Network.Modalities);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Require(string tensor, SafeTensorType type, params ReadOnlySpan<long> shape)
    {
        var entry = _file.Entry(tensor);
        if (entry.Type != type || !shape.SequenceEqual(entry.Shape.ToArray()))
            throw Wrong($"'{tensor}' is {entry.Type} of [{string.Join(", ", entry.Shape)}] instead of {type} of [{string.Join(", ", shape.ToArray())}]");
        // Spans count in 32 bits.
        if (entry.Count > int.MaxValue) throw Wrong($"'{tensor}' has {entry.Count:N0} numbers, of which a service reads {int.MaxValue:N0}");
    }

    private UserErrorException Wrong(string what) => new($"{_file.Path} can't be served ({what}); export the run again (unim2rec-train export --overwrite).");
}
