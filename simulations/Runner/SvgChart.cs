using System.Globalization;
using System.Net;
using System.Text;
using Tore.Mesh.Scenarios;

namespace Tore.Mesh.Runner;

/// <summary>Draws curves of share over time as one SVG file, readable on light and dark pages.</summary>
internal static class SvgChart
{
    private const int Width = 760;
    private const int Height = 420;
    private const int Left = 60;
    private const int Right = 20;
    private const int Top = 46;
    private const int Bottom = 48;

    private static readonly double[] Steps = [1, 2, 5, 10];

    private static readonly string[] Colours = ["#2166ac", "#d6604d", "#4d9221", "#7b3294", "#b8860b", "#1b7837"];

    /// <summary>The picture.</summary>
    public static string Draw(string title, IReadOnlyList<Curve> curves)
    {
        double most = Math.Max(0.001, curves.SelectMany(c => c.Points).Select(p => p.Seconds).DefaultIfEmpty(1).Max());
        double step = StepOf(most);
        double end = Math.Ceiling(most / step) * step;
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\">");
        Add(svg, $"<g font-size=\"12\">");
        Add(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>");
        Add(svg, $"<text x=\"{Left}\" y=\"24\" font-size=\"14\">{WebUtility.HtmlEncode(title)}</text>");
        for (double at = 0; at <= end + (step / 2); at += step)
        {
            double x = X(at, end);
            Add(svg, $"<line x1=\"{x:0.#}\" y1=\"{Top}\" x2=\"{x:0.#}\" y2=\"{Height - Bottom}\" stroke=\"#dddddd\"/>");
            Add(svg, $"<text x=\"{x:0.#}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{at:0.###}</text>");
        }
        for (int part = 0; part <= 4; part++)
        {
            double y = Y(part / 4.0);
            Add(svg, $"<line x1=\"{Left}\" y1=\"{y:0.#}\" x2=\"{Width - Right}\" y2=\"{y:0.#}\" stroke=\"#dddddd\"/>");
            Add(svg, $"<text x=\"{Left - 8}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{25 * part} %</text>");
        }
        Add(svg, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">seconds</text>");
        for (int i = 0; i < curves.Count; i++)
        {
            string colour = Colours[i % Colours.Length];
            Add(svg, $"<path d=\"{PathOf(curves[i], end)}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
            string name = WebUtility.HtmlEncode(curves[i].Name);
            int y = Height - Bottom - 14 - (18 * i);
            Add(svg, $"<text x=\"{Width - Right - 8}\" y=\"{y}\" text-anchor=\"end\" fill=\"{colour}\">{name}</text>");
        }
        svg.Append("</g></svg>\n");
        return svg.ToString();
    }

    /// <summary>A staircase: a share is reached at its time and not before.</summary>
    private static string PathOf(Curve curve, double end)
    {
        var path = new StringBuilder();
        double last = 0;
        foreach ((double seconds, double share) in curve.Points)
        {
            Append(path, $"{(path.Length == 0 ? 'M' : 'L')}{X(seconds, end):0.##},{Y(last):0.##}L{X(seconds, end):0.##},{Y(share):0.##}");
            last = share;
        }
        return path.ToString();
    }

    private static double X(double seconds, double end) => Left + (seconds / end * (Width - Left - Right));

    private static double Y(double share) => Height - Bottom - (share * (Height - Top - Bottom));

    private static double StepOf(double most)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(most / 5)));
        return Steps.Select(m => m * power).First(s => most / s <= 8);
    }

    private static void Add(StringBuilder svg, FormattableString line)
    {
        Append(svg, line);
        svg.Append('\n');
    }

    private static void Append(StringBuilder text, FormattableString part) => text.Append(part.ToString(CultureInfo.InvariantCulture));
}
