namespace UniM2Rec.Numerics;

/// <summary>One number a candidate, with a list of those that were touched, so that emptying costs no more than filling did. Not shared by threads.</summary>
/// <param name="candidates">Number of candidates.</param>
public sealed class CandidateSums(int candidates)
{
    private readonly float[] _sums = new float[candidates];
    private readonly bool[] _isTouched = new bool[candidates];
    private readonly List<int> _touched = [];

    /// <summary>The candidates that something was added to, each once.</summary>
    public IReadOnlyList<int> Touched => _touched;

    /// <summary>A candidate's sum.</summary>
    public float this[int candidate] => _sums[candidate];

    /// <summary>Adds to a candidate's sum.</summary>
    public void Add(int candidate, float value)
    {
        if (!_isTouched[candidate])
        {
            _isTouched[candidate] = true;
            _touched.Add(candidate);
        }

        _sums[candidate] += value;
    }

    /// <summary>Empties all that was touched.</summary>
    public void Clear()
    {
        foreach (int c in _touched) (_sums[c], _isTouched[c]) = (0, false);
        _touched.Clear();
    }
}
