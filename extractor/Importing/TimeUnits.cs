using System.CommandLine;
using Serilog;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Units of times that are numbers, told by their size: users' histories are merged by time, so that one catalogue needs one unit.</summary>
internal static class TimeUnits
{
    private const string None = "no unit that can be told";

    private static readonly (string Name, string Short, double InSeconds)[] Known =
        [("seconds", "s", 1), ("milliseconds", "ms", 1e-3), ("microseconds", "us", 1e-6), ("nanoseconds", "ns", 1e-9)];

    /// <summary>Seconds of 1973 to 5138, and the same in thousandths.</summary>
    private static readonly double[] Least = [1e8, 1e11, 1e14, 1e17];

    public static Option<string[]> Option() =>
        ListOption.Create("--time-unit", "Unit of times that are numbers (seconds, milliseconds, microseconds, nanoseconds), which makes seconds of them; one for all domains, or one for each (default: as they are).");

    /// <summary>What a domain's times are multiplied with to be seconds.</summary>
    /// <param name="units">As the user gave them; empty for none.</param>
    /// <param name="domains">Number of domains.</param>
    /// <exception cref="UserErrorException">A unit is unknown, or there are not as many as domains.</exception>
    public static double[] Factors(string[] units, int domains)
    {
        if (units.Length > 1 && units.Length != domains)
            throw UserErrorException.Usage($"--time-unit names {units.Length} units for {domains} domains; give one for each, or one for all");
        double[] factors = [.. units.Select(Factor)];
        return [.. Enumerable.Range(0, domains).Select(d => factors.Length == 0 ? 1 : factors[factors.Length == 1 ? 0 : d])];
    }

    /// <summary>Warns where domains, or the events of one, have times of several units.</summary>
    public static void Compare(IReadOnlyList<ImportedDomain> domains, ILogger log)
    {
        var found = domains.Select(domain => (domain.Name, Units: domain.Interactions.Rows.CountBy(row => Of(row.Timestamp)).OrderByDescending(unit => unit.Value).ToArray())).ToArray();
        foreach (var (name, units) in found.Where(f => f.Units.Length > 1 && f.Units.Any(unit => unit.Key != None)))
            log.Warning("{Domain:l}: {Events:N0} events have times in {Unit:l} and {Others:N0} in {Other:l}, by their size; correct the file, for they are not in order", name, units[0].Value, units[0].Key, units[1].Value, units[1].Key);
        var first = found[0];
        var other = found.FirstOrDefault(f => f.Units.Length > 0 && first.Units.Length > 0 && f.Units[0].Key != first.Units[0].Key);
        if (other.Units is not null)
            log.Warning("{Domain:l} has times in {Unit:l}, {OtherDomain:l} in {OtherUnit:l}, by their size, so that what a user did in both is merged in a wrong order; say the unit of each by --time-unit", first.Name, first.Units[0].Key, other.Name, other.Units[0].Key);
    }

    private static double Factor(string unit)
    {
        int found = Array.FindIndex(Known, known => known.Name.Equals(unit, StringComparison.OrdinalIgnoreCase) || known.Short.Equals(unit, StringComparison.OrdinalIgnoreCase));
        return found >= 0 ? Known[found].InSeconds : throw UserErrorException.Usage($"--time-unit is '{unit}', but seconds, milliseconds, microseconds or nanoseconds was expected");
    }

    private static string Of(double time)
    {
        int unit = Array.FindLastIndex(Least, least => Math.Abs(time) >= least);
        return unit < 0 ? None : Known[unit].Name;
    }
}
