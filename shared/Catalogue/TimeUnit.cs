namespace UniM2Rec.Catalogue;

/// <summary>A unit of times that are numbers, told by their size.</summary>
public sealed class TimeUnit
{
    /// <summary>Seconds of 1973 to 5138, and the same in thousandths.</summary>
    private static readonly double[] Least = [1e8, 1e11, 1e14, 1e17];

    /// <summary>Those that can be told.</summary>
    public static IReadOnlyList<TimeUnit> Known { get; } =
        [new("seconds", "s", 1), new("milliseconds", "ms", 1e-3), new("microseconds", "us", 1e-6), new("nanoseconds", "ns", 1e-9)];

    /// <summary>Of numbers too small to be times since 1970, such as ranks.</summary>
    public static TimeUnit Untold { get; } = new("no unit that can be told", "", double.NaN);

    private TimeUnit(string name, string brief, double inSeconds) => (Name, Short, InSeconds) = (name, brief, inSeconds);

    /// <summary>Such as "seconds".</summary>
    public string Name { get; }

    /// <summary>Such as "s".</summary>
    public string Short { get; }

    /// <summary>How long it is.</summary>
    public double InSeconds { get; }

    /// <summary>The unit of a time.</summary>
    public static TimeUnit Of(double time)
    {
        int unit = Array.FindLastIndex(Least, least => Math.Abs(time) >= least);
        return unit < 0 ? Untold : Known[unit];
    }

    /// <summary>How many times are of which unit, the most first.</summary>
    public static (TimeUnit Unit, int Times)[] Count(IEnumerable<double> times) =>
        [.. times.CountBy(Of).Select(counted => (counted.Key, counted.Value)).OrderByDescending(counted => counted.Value)];
}
