using Microsoft.ML.OnnxRuntime;

namespace UniM2Rec.Serving.Model;

/// <summary>The user side of the network: from histories to users' vectors, several at a time. Used by one thread at a time.</summary>
internal sealed class UserTower : IDisposable
{
    private const string Items = "items", Lengths = "lengths", Own = "own", User = "user";

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly ServedVectors _vectors;
    private readonly Func<int, bool> _isOwn;

    /// <param name="path">The ONNX file.</param>
    /// <param name="vectors">What it reads.</param>
    /// <param name="isOwn">By row of an item: whether it is of a domain that has candidates.</param>
    /// <param name="threads">Processor threads.</param>
    /// <exception cref="UserErrorException">The model can't be loaded, or has other inputs and outputs.</exception>
    public UserTower(string path, ServedVectors vectors, Func<int, bool> isOwn, int threads)
    {
        (_vectors, _isOwn) = (vectors, isOwn);
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, EnableMemoryPattern = false };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            _session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new UserErrorException($"{path} can't be loaded ({Excerpt.Of(failure.Message.ReplaceLineEndings(" ").TrimEnd('.', ' '), 300)}); export the run again (unim2rec-train export --overwrite).", failure);
        }

        string[] wanted = [Items, Lengths, .. vectors.Interests > 0 ? [ExportTensors.Interests, Count] : Array.Empty<string>(), .. vectors.Network.ReadsOwn ? [Own] : Array.Empty<string>()];
        if (!_session.InputMetadata.Keys.Order().SequenceEqual(wanted.Order()) || !_session.OutputMetadata.ContainsKey(User))
        {
            string found = string.Join(", ", _session.InputMetadata.Keys);
            _session.Dispose();
            throw new UserErrorException($"{path} reads {found} instead of {string.Join(", ", wanted)}, or has no output '{User}'; export the run again (unim2rec-train export --overwrite).");
        }
    }

    /// <param name="histories">Rows of the items of each, oldest first; none is empty.</param>
    /// <returns>By history: the user's vector.</returns>
    public float[][] Encode(IReadOnlyList<int[]> histories)
    {
        int width = _vectors.Network.Width;
        var inputs = new List<(string Name, OrtValue Value)>();
        try
        {
            AddSet(inputs, Items, Lengths, histories, ExportTensors.History);
            if (_vectors.Interests > 0) AddSet(inputs, ExportTensors.Interests, Count, [.. histories.Select(DistinctInterests)], ExportTensors.Interests);
            if (_vectors.Network.ReadsOwn) inputs.Add((Own, OrtValue.CreateTensorValueFromMemory(histories.Select(EventsToLatestOwn).ToArray(), [histories.Count])));
            using var results = _session.Run(_run, [.. inputs.Select(i => i.Name)], [.. inputs.Select(i => i.Value)], [User]);
            var users = results[0].GetTensorDataAsSpan<float>();
            if (users.Length != histories.Count * width)
                throw new InvalidOperationException($"the user side of the network answered with {users.Length} numbers for {histories.Count} histories, of which each has {width}");
            float[][] vectors = new float[histories.Count][];
            for (int h = 0; h < vectors.Length; h++) vectors[h] = users.Slice(h * width, width).ToArray();
            return vectors;
        }
        finally
        {
            foreach (var (_, value) in inputs) value.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
    }

    private static string Count => $"{ExportTensors.Interests}_count";

    /// <summary>Events up to the latest of a domain that has candidates; all, where there is none.</summary>
    private long EventsToLatestOwn(int[] history)
    {
        int latest = Array.FindLastIndex(history, row => _isOwn(row));
        return latest >= 0 ? latest + 1 : history.Length;
    }

    /// <summary>Rows of a matrix, a set a history, padded with zeros behind its end.</summary>
    private void AddSet(List<(string Name, OrtValue Value)> inputs, string name, string countName, IReadOnlyList<int[]> sets, string tensor)
    {
        int width = _vectors.Network.Width, longest = sets.Max(set => set.Length);
        float[] values = new float[sets.Count * longest * width];
        for (int s = 0; s < sets.Count; s++)
        {
            for (int i = 0; i < sets[s].Length; i++) _vectors.Row(tensor, sets[s][i]).CopyTo(values.AsSpan(((s * longest) + i) * width));
        }

        inputs.Add((name, OrtValue.CreateTensorValueFromMemory(values, [sets.Count, longest, width])));
        inputs.Add((countName, OrtValue.CreateTensorValueFromMemory(sets.Select(set => (long)set.Length).ToArray(), [sets.Count])));
    }

    /// <summary>The interests of a history's items, each once; the last one stands in where they have none.</summary>
    private int[] DistinctInterests(int[] history)
    {
        var distinct = new HashSet<int>();
        foreach (int item in history)
        {
            foreach (int interest in _vectors.InterestsOf(item))
            {
                if (interest >= 0) distinct.Add(interest);
            }
        }

        return distinct.Count > 0 ? [.. distinct] : [_vectors.Interests - 1];
    }
}
