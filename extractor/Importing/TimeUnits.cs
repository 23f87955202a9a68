using System.CommandLine;
using Serilog;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Units of times that are numbers, told by their size: users' histories are merged by time, so that one catalogue needs one unit.</summary>
internal static class TimeUnits
{
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
        var found = domains.Select(domain => (domain.Name, Units: TimeUnit.Count(domain.Interactions.Rows.Select(row => row.Timestamp)))).ToArray();
        foreach (var (name, units) in found.Where(f => f.Units.Length > 1))
            log.Warning("{Domain:l}: {Events:N0} events have times in {Unit:l} and {Others:N0} in {Other:l}, by their size; correct the file, for they are not in order", name, units[0].Times, units[0].Unit.Name, units[1].Times, units[1].Unit.Name);
        var first = found[0];
        var other = found.FirstOrDefault(f => f.Units.Length > 0 && first.Units.Length > 0 && f.Units[0].Unit != first.Units[0].Unit);
        if (other.Units is not null)
            log.Warning("{Domain:l} has times in {Unit:l}, {OtherDomain:l} in {OtherUnit:l}, by their size, so that what a user did in both is merged in a wrong order; say the unit of each by --time-unit", first.Name, first.Units[0].Unit.Name, other.Name, other.Units[0].Unit.Name);
    }

    private static double Factor(string unit) =>
        TimeUnit.Known.FirstOrDefault(known => known.Name.Equals(unit, StringComparison.OrdinalIgnoreCase) || known.Short.Equals(unit, StringComparison.OrdinalIgnoreCase))?.InSeconds
            ?? throw UserErrorException.Usage($"--time-unit is '{unit}', but seconds, milliseconds, microseconds or nanoseconds was expected");
}
