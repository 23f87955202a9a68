using System.Globalization;
using System.Net;
using System.Text;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>A line chart as an SVG element: one line a series over epochs, axes labelled at their ends.</summary>
public static class SvgChart
{
    private const int Width = 460, Height = 260, Left = 56, Right = 12, Top = 28, Bottom = 34;
    private static readonly string[] Colours = ["#1f6feb", "#d9480f", "#2b8a3e", "#862e9c", "#0b7285", "#c92a2a"];

    /// <summary>The colour of series <paramref name="index"/>.</summary>
    public static string Colour(int index) => Colours[index % Colours.Length];

    public static string Lines(string title, IReadOnlyList<IReadOnlyList<double>> series)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"16\" class=\"title\">{WebUtility.HtmlEncode(title)}</text>");
        var values = series.SelectMany(s => s).ToList();
        if (values.Count > 0)
        {
            double low = values.Min(), high = values.Max();
            if (high - low < 1e-12) high = low + 1e-12;
            int epochs = series.Max(s => s.Count);
            double X(int epoch) => Left + ((Width - Left - Right) * (epochs == 1 ? 0.5 : (double)epoch / (epochs - 1)));
            double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (value - low) / (high - low));
            for (int tick = 0; tick <= 4; tick++)
            {
                double value = low + ((high - low) * tick / 4);
                svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(value):F1}\" y2=\"{Y(value):F1}\" class=\"grid\"/>");
                svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 6}\" y=\"{Y(value) + 4:F1}\" class=\"tick\" text-anchor=\"end\">{value:G3}</text>");
            }

            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(0):F1}\" y=\"{Height - 12}\" class=\"tick\">1</text>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(epochs - 1):F1}\" y=\"{Height - 12}\" class=\"tick\" text-anchor=\"end\">epoch {epochs}</text>");
            for (int s = 0; s < series.Count; s++)
            {
                string points = string.Join(' ', series[s].Select((v, e) => string.Create(CultureInfo.InvariantCulture, $"{X(e):F1},{Y(v):F1}")));
                svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{Colour(s)}\" stroke-width=\"2\"/>");
            }
        }

        return svg.Append("</svg>").ToString();
    }
}
