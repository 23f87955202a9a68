using UniM2Rec.Models.Numerics;

namespace UniM2Rec.Models.Text;

/// <summary>A bounded random sample of a stream of texts.</summary>
internal static class TextSample
{
    /// <summary>All texts where there are at most <paramref name="limit"/>, else a uniform sample of that many (reservoir sampling).</summary>
    public static List<string> Take(IEnumerable<string> texts, int limit, ulong seed, CancellationToken cancellation)
    {
        var random = new RandomNumbers(seed);
        var sample = new List<string>();
        var seen = 0;
        foreach (var text in texts)
        {
            cancellation.ThrowIfCancellationRequested();
            seen++;
            if (sample.Count < limit)
                sample.Add(text);
            else if (random.Below(seen) is var place && place < limit)
                sample[place] = text;
        }

        return sample;
    }
}
