using System.Globalization;

namespace UniM2Rec.Diagnostics;

/// <summary>Numbers as progress shows them.</summary>
internal static class ProgressText
{
    /// <summary>"0.4 s", "42 s", "3 min 05 s" or "2 h 07 min".</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 9.95 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalSeconds: < 59.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
    };

    /// <summary>Two or three leading digits: "0.35", "7.2", "48", "12,345".</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        < 1 => perSecond.ToString("0.00", CultureInfo.InvariantCulture),
        < 10 => perSecond.ToString("0.0", CultureInfo.InvariantCulture),
        _ => perSecond.ToString("N0", CultureInfo.InvariantCulture),
    };
}
