using System.Numerics.Tensors;

namespace UniM2Rec.Serving.Model;

/// <summary>The network's score of every candidate for users' vectors: exact, and as wide as the processor's registers.</summary>
/// <param name="vectors">The candidates.</param>
/// <param name="threads">Processor threads.</param>
internal sealed class NetworkScores(ServedVectors vectors, int threads)
{
    /// <summary>Candidates that one thread scores at a time, for all users: few enough that their vectors stay in its cache.</summary>
    private const int Stretch = 512;

    private static readonly string[] ModalityNames = [.. Enumerable.Range(0, 64).Select(ExportTensors.Modality)];

    /// <summary>Scores every candidate for some users, in one pass over the candidates.</summary>
    /// <returns>Each user's scores.</returns>
    public IReadOnlyList<float[]> Score(IReadOnlyList<Scoring> users)
    {
        int candidates = users[0].Scores.Length;
        Parallel.For(0, (candidates + Stretch - 1) / Stretch, new ParallelOptions { MaxDegreeOfParallelism = threads }, s =>
        {
            foreach (var (user, scores) in users) ScoreRange(user, scores, s * Stretch, Math.Min(candidates, (s + 1) * Stretch));
        });
        return [.. users.Select(u => u.Scores)];
    }

    /// <summary>Scores some candidates for a user, where the score is a product.</summary>
    public void Score(float[] user, IReadOnlyCollection<int> candidates, float[] scores)
    {
        foreach (int candidate in candidates) scores[candidate] = TensorPrimitives.Dot(vectors.Row(ExportTensors.Candidates, candidate), user);
    }

    private void ScoreRange(float[] user, float[] scores, int first, int end)
    {
        if (vectors.Network.Score == NetworkScore.Product) Multiply(user, ExportTensors.Candidates, scores, first, end);
        else Fuse(user, scores, first, end);
    }

    private void Multiply(float[] user, string tensor, Span<float> scores, int first, int end)
    {
        int width = user.Length;
        var rows = vectors.All(tensor);
        for (int c = first; c < end; c++) scores[c] = TensorPrimitives.Dot(rows.Slice(c * width, width), user);
    }

    /// <summary>MISSRec's fusion (arXiv 2308.11175, §3.3): Σ_m s_m · softmax_m(α s) over the modalities that a candidate has, joined with its id's cosine.</summary>
    private void Fuse(float[] user, float[] scores, int first, int end)
    {
        int width = user.Length, modalities = vectors.Network.Modalities;
        var present = vectors.All(ExportTensors.Present);
        var sharpness = vectors.All(ExportTensors.Sharpness);
        float temperature = (float)vectors.Network.Temperature;
        float[] cosines = new float[modalities];
        for (int c = first; c < end; c++)
        {
            float highest = float.NegativeInfinity;
            for (int m = 0; m < modalities; m++)
            {
                cosines[m] = TensorPrimitives.Dot(vectors.All(ModalityNames[m]).Slice(c * width, width), user);
                if (present[(c * modalities) + m] > 0) highest = Math.Max(highest, sharpness[c] * cosines[m]);
            }

            float sum = 0, mass = 0;
            for (int m = 0; m < modalities; m++)
            {
                if (present[(c * modalities) + m] <= 0) continue;
                float share = MathF.Exp((sharpness[c] * cosines[m]) - highest);
                sum += share * cosines[m];
                mass += share;
            }

            float fused = mass > 0 ? sum / mass : 0;
            if (vectors.Network.HasIds) fused = (TensorPrimitives.Dot(vectors.Row(ExportTensors.Ids, c), user) + (2 * fused)) / 3;
            scores[c] = fused / temperature;
        }
    }
}

/// <summary>A user whose scores are asked for.</summary>
/// <param name="User">[width]</param>
/// <param name="Scores">[candidates]: written.</param>
internal readonly record struct Scoring(float[] User, float[] Scores);
