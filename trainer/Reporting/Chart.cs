using System.Text.RegularExpressions;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>
/// Charts as SVG elements that take their colours from the page, light or dark: OxyPlot draws them in colours that stand for the page's variables.
/// </summary>
internal static partial class Chart
{
    private const int Width = 420, Height = 260, BarHeight = 12, Margin = 76, PlaneHeight = 320, PlaneMargin = 4;

    /// <summary>Room for labels, which OxyPlot takes to be narrower than a browser draws them.</summary>
    private const int LetterWidth = 8, LeftOfLines = 66, Below = 52, TitleDistance = 22, BelowLabels = 10;

    /// <summary>Colours that a page has for series.</summary>
    public const int Colours = 6;

    private static readonly OxyColor Ink = OxyColor.FromRgb(1, 2, 3), Line = OxyColor.FromRgb(4, 5, 6);

    /// <summary>A line a series.</summary>
    /// <param name="title">What a screen reader says.</param>
    /// <param name="axes">What is on the horizontal and on the vertical axis.</param>
    /// <param name="series">The points of each; a colour each.</param>
    /// <param name="logarithmic">Whether the vertical axis is.</param>
    public static ReportChart Lines(string title, (string Horizontal, string Vertical) axes, IReadOnlyList<IReadOnlyList<(double X, double Y)>> series, bool logarithmic = false)
    {
        var plot = Plot(LeftOfLines);
        plot.Axes.Add(Axis(new LinearAxis { MinimumMajorStep = axes.Horizontal == "epoch" ? 1 : 0 }, AxisPosition.Bottom, axes.Horizontal));
        plot.Axes.Add(Axis<Axis>(logarithmic ? new LogarithmicAxis() : new LinearAxis(), AxisPosition.Left, axes.Vertical));
        for (int s = 0; s < series.Count; s++)
        {
            var line = new LineSeries { Color = ColourOf(s), StrokeThickness = 2, MarkerType = series[s].Count < 40 ? ShapeOf(s) : MarkerType.None, MarkerSize = 3, MarkerFill = ColourOf(s), MarkerStroke = ColourOf(s), MarkerStrokeThickness = IsDrawn(s) ? 1.5 : 0 };
            line.Points.AddRange(series[s].Select(p => new DataPoint(p.X, p.Y)));
            plot.Series.Add(line);
        }

        return new(title, Svg(plot, title, Height));
    }

    /// <summary>Groups of bars, a bar a series.</summary>
    /// <param name="title">What a screen reader says.</param>
    /// <param name="axis">What is on the horizontal axis.</param>
    /// <param name="groups">Names of the groups, the first on top.</param>
    /// <param name="series">By series: the value of each group; not a number where it has none.</param>
    public static ReportChart Bars(string title, string axis, IReadOnlyList<string> groups, IReadOnlyList<IReadOnlyList<double>> series)
    {
        var plot = Plot(20 + (LetterWidth * groups.Max(group => group.Length)));
        var categories = Axis(new CategoryAxis { GapWidth = 0.4, StartPosition = 1, EndPosition = 0 }, AxisPosition.Left, "");
        categories.MajorGridlineStyle = LineStyle.None;
        ((CategoryAxis)categories).Labels.AddRange(groups);
        plot.Axes.Add(categories);
        plot.Axes.Add(Axis(new LinearAxis { Minimum = 0, MinimumPadding = 0 }, AxisPosition.Bottom, axis));
        for (int s = 0; s < series.Count; s++)
        {
            var bars = new BarSeries { FillColor = ColourOf(s), StrokeThickness = 0 };
            bars.Items.AddRange(series[s].Select((value, group) => new BarItem(double.IsFinite(value) ? value : 0, group)));
            plot.Series.Add(bars);
        }

        return new(title, Svg(plot, title, Margin + (groups.Count * ((series.Count * BarHeight) + 8))));
    }

    /// <summary>Points in a plane whose axes mean nothing by themselves.</summary>
    /// <param name="title">What a screen reader says.</param>
    /// <param name="series">The points of each; a colour and a shape each.</param>
    public static ReportChart Points(string title, IReadOnlyList<IReadOnlyList<(double X, double Y)>> series)
    {
        var plot = Plot(PlaneMargin);
        plot.PlotMargins = new OxyThickness(PlaneMargin);
        plot.PlotAreaBorderThickness = new OxyThickness(1);
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Bottom, IsAxisVisible = false, MinimumPadding = 0.03, MaximumPadding = 0.03 });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, IsAxisVisible = false, MinimumPadding = 0.03, MaximumPadding = 0.03 });
        for (int s = 0; s < series.Count; s++)
        {
            var points = new ScatterSeries { MarkerType = ShapeOf(s), MarkerSize = ShapeOf(s) == MarkerType.Triangle ? 3 : 2.4, MarkerFill = ColourOf(s), MarkerStroke = ColourOf(s), MarkerStrokeThickness = IsDrawn(s) ? 1.2 : 0 };
            points.Points.AddRange(series[s].Select(p => new ScatterPoint(p.X, p.Y)));
            plot.Series.Add(points);
        }

        return new(title, Svg(plot, title, PlaneHeight));
    }

    private static PlotModel Plot(int left) => new() { PlotMargins = new OxyThickness(left, 8, 14, Below), TextColor = Ink, PlotAreaBorderColor = Line, PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1), DefaultFont = "inherit", DefaultFontSize = 13, Padding = new OxyThickness(0) };

    private static T Axis<T>(T axis, AxisPosition position, string title)
        where T : Axis
    {
        (axis.Position, axis.Title, axis.TicklineColor, axis.MajorGridlineColor, axis.MajorGridlineStyle, axis.MinorTickSize) = (position, title, Line, Line, LineStyle.Solid, 0);
        axis.AxisTitleDistance = position == AxisPosition.Left ? TitleDistance : BelowLabels;
        return axis;
    }

    /// <summary>Shapes that tell series apart without their colours, as the page's keys show them.</summary>
    private static MarkerType ShapeOf(int series) => (series % Colours) switch
    {
        0 => MarkerType.Circle,
        1 => MarkerType.Square,
        2 => MarkerType.Triangle,
        3 => MarkerType.Diamond,
        4 => MarkerType.Plus,
        _ => MarkerType.Cross,
    };

    /// <summary>Whether a shape is of lines, not of an area.</summary>
    private static bool IsDrawn(int series) => ShapeOf(series) is MarkerType.Plus or MarkerType.Cross;

    private static OxyColor ColourOf(int series) => OxyColor.FromRgb(9, 9, (byte)(series % Colours));

    private static string Svg(PlotModel plot, string title, int height)
    {
        string drawn = SvgExporter.ExportToString(plot, Width, height, isDocument: false);
        string inner = drawn[(drawn.IndexOf('>', drawn.IndexOf("<svg", StringComparison.Ordinal)) + 1)..drawn.LastIndexOf("</svg>", StringComparison.Ordinal)];
        inner = Tenths().Replace(NeedLess().Replace(inner, ""), "$1").Replace("rgb(1,2,3)", "var(--ink)", StringComparison.Ordinal).Replace("rgb(4,5,6)", "var(--line)", StringComparison.Ordinal);
        for (int s = 0; s < Colours; s++) inner = inner.Replace($"rgb(9,9,{s})", $"var(--s{s + 1})", StringComparison.Ordinal);
        return $"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{System.Net.WebUtility.HtmlEncode(title)}\">{inner}</svg>";
    }

    /// <summary>Clip regions, whose names would be there once a chart, and what says nothing, which a thousand points say a thousand times.</summary>
    [GeneratedRegex("<defs>.*?</defs>| clip-path=\"[^\"]*\"| shape-rendering=\"geometricPrecision\"|;stroke:[^;\"]*;stroke-width:0(?=[;\"])", RegexOptions.Singleline)]
    private static partial Regex NeedLess();

    /// <summary>Places with more decimals than a screen can show; what is written in the chart stays, as it ends at a tag.</summary>
    [GeneratedRegex(@"(\d+\.\d)\d+(?!\d*<)")]
    private static partial Regex Tenths();
}
