using System.Collections;
using System.Text;
using QRCoder;

namespace Tore.Mesh.Host.Cli;

/// <summary>
/// A QR code as text, two modules above each other in one character. Blocks are the dark modules, as ink on paper; on a terminal, whose
/// background may be dark, colours make sure of it.
/// </summary>
internal static class QrText
{
    private const string BlackOnWhite = "\e[38;5;16;48;5;231m";
    private const string AsBefore = "\e[0m";

    /// <summary>Lines, each with its end; four modules of margin all around belong to the code.</summary>
    public static string Render(string text, bool coloured)
    {
        using var generator = new QRCodeGenerator();
        using QRCodeData code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        List<BitArray> rows = code.ModuleMatrix;
        var shown = new StringBuilder();
        for (int y = 0; y < rows.Count; y += 2)
        {
            shown.Append(coloured ? BlackOnWhite : "");
            for (int x = 0; x < rows[y].Count; x++)
            {
                bool above = rows[y][x], below = y + 1 < rows.Count && rows[y + 1][x];
                shown.Append((above, below) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    _ => ' ',
                });
            }
            shown.Append(coloured ? AsBefore : "").Append('\n');
        }
        return shown.ToString();
    }
}
