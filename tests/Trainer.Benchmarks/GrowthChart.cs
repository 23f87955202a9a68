using System.Diagnostics;
using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace UniM2Rec.Benchmarks;

/// <summary>What a log of one size costs.</summary>
/// <param name="Interactions">Its size.</param>
internal sealed record GrowthPoint(int Interactions)
{
    /// <summary>To build it from CSV.</summary>
    public double BuildingSeconds { get; init; }

    /// <summary>Bytes that were resident at most meanwhile.</summary>
    public long BuildingPeak { get; init; }

    /// <summary>From a training's start to the end of its first step, once the log is built.</summary>
    public double FirstStepSeconds { get; init; }

    /// <summary>Of a later step.</summary>
    public double StepSeconds { get; init; }

    /// <summary>Bytes that were resident at most while training, mapped pages included.</summary>
    public long TrainingPeak { get; init; }
}

/// <summary>Measures logs of several sizes, each stage in a process of its own, and draws what they cost on one chart.</summary>
internal static class GrowthChart
{
    private const int Width = 900, Height = 460, RoomForNames = 25, Steps = 100;
    private const double GiB = 1L << 30;

    private static readonly (string Title, Func<GrowthPoint, double> Value, OxyColor Colour, MarkerType Marker, LineStyle Line)[] Series =
    [
        ("building the log, s", p => p.BuildingSeconds, OxyColors.SteelBlue, MarkerType.Circle, LineStyle.Solid),
        ("start to first step, s", p => p.FirstStepSeconds, OxyColors.DarkOrange, MarkerType.Square, LineStyle.Solid),
        ("100 steps of 1,024 targets, s", p => p.StepSeconds * Steps, OxyColors.SeaGreen, MarkerType.Triangle, LineStyle.Solid),
        ("peak while building, GiB", p => p.BuildingPeak / GiB, OxyColors.SteelBlue, MarkerType.Circle, LineStyle.Dash),
        ("peak while training, GiB", p => p.TrainingPeak / GiB, OxyColors.SeaGreen, MarkerType.Triangle, LineStyle.Dash),
    ];

    /// <param name="folder">Where each size has a folder, which is removed once it is measured: the largest takes some tens of bytes an interaction.</param>
    /// <param name="sizes">Numbers of interactions.</param>
    /// <param name="steps">Steps that are timed.</param>
    /// <param name="threads">Processor threads.</param>
    /// <param name="chart">The SVG file to write.</param>
    public static void Run(string folder, IReadOnlyList<int> sizes, int steps, int threads, string chart)
    {
        var points = new List<GrowthPoint>();
        foreach (int size in sizes)
        {
            string own = Path.Combine(folder, size.ToString(CultureInfo.InvariantCulture));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size:N0} interactions"));
            for (int stage = 0; stage < 3; stage++) Stage(own, size, steps, threads);
            points.Add(GrowthBenchmark.Read(own));
            Directory.Delete(own, recursive: true);
        }

        foreach (var (title, value, _, _, _) in Series) Console.WriteLine($"{title,-32}{string.Concat(points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{value(p),10:G3}")))}");
        File.WriteAllText(chart, Draw(points));
    }

    private static void Stage(string folder, int size, int steps, int threads)
    {
        string[] arguments = ["growth", "--folder", folder, "--events", Text(size), "--steps", Text(steps), "--threads", Text(threads)];
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments))!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"A stage of {size} interactions ended with {process.ExitCode}.");

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Both axes logarithmic, so that what grows with the interactions rises by one decade in one, and what does not stays level.</summary>
    private static string Draw(IReadOnlyList<GrowthPoint> points)
    {
        var plot = new PlotModel { Background = OxyColors.White, DefaultFont = "sans-serif", DefaultFontSize = 13, PlotMargins = new OxyThickness(60, 12, 12, 50), PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1) };
        int largest = points.Max(p => p.Interactions);
        var sizes = Axis(AxisPosition.Bottom, "interactions", value => value > largest ? "" : Count(value));
        sizes.Maximum = (double)largest * RoomForNames;
        plot.Axes.Add(sizes);
        plot.Axes.Add(Axis(AxisPosition.Left, "seconds; GiB", value => value.ToString("0.##", CultureInfo.InvariantCulture)));
        foreach (var (title, value, colour, marker, style) in Series)
        {
            var line = new LineSeries { Color = colour, StrokeThickness = 2, LineStyle = style, MarkerType = marker, MarkerSize = 4, MarkerFill = colour };
            line.Points.AddRange(points.Select(p => new DataPoint(p.Interactions, value(p))));
            plot.Series.Add(line);
            var last = line.Points[^1];
            // The name stands at the line's end: a key would have to be measured, and browsers draw letters wider than it would be.
            plot.Annotations.Add(new TextAnnotation { Text = title, TextPosition = last, Offset = new ScreenVector(10, 0), TextHorizontalAlignment = HorizontalAlignment.Left, TextVerticalAlignment = VerticalAlignment.Middle, TextColor = colour, StrokeThickness = 0 });
        }

        return SvgExporter.ExportToString(plot, Width, Height, isDocument: true);
    }

    private static LogarithmicAxis Axis(AxisPosition position, string title, Func<double, string> label) =>
        new() { Position = position, Title = title, LabelFormatter = label, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColors.Gainsboro, MaximumPadding = 0.06 };

    private static string Count(double value) => value >= 999_999.5 ? $"{value / 1e6:0} million" : value.ToString("N0", CultureInfo.InvariantCulture);
}
