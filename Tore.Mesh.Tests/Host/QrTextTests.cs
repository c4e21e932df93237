using System.Diagnostics;
using System.Text;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>The QR code of an invite, read back by a foreign reader.</summary>
public sealed class QrTextTests
{
    /// <summary>Pixels of one module.</summary>
    private const int Scale = 4;

    [Fact]
    public async Task Render_Invite_IsReadByZbar()
    {
        string invite = new Invite(MeshSecret.Create("lab"), [new PeerAddress("192.168.1.5", 7601), new PeerAddress("lab.example", 7601)])
            .ToText();
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.PathOf("code.pgm"), Image(QrText.Render(invite, coloured: false)));
        Assert.Equal(invite, await ReadAsync(folder.PathOf("code.pgm")));
    }

    [Fact]
    public void Render_Coloured_IsTheSameBlocks()
    {
        string invite = new Invite(MeshSecret.Create("lab"), [new PeerAddress("192.168.1.5", 7601)], DateTimeOffset.MaxValue).ToText();
        string plain = QrText.Render(invite, coloured: false);
        string coloured = QrText.Render(invite, coloured: true);
        Assert.Equal(plain, coloured.Replace("\e[38;5;16;48;5;231m", "", StringComparison.Ordinal)
            .Replace("\e[0m", "", StringComparison.Ordinal));
        // A terminal of 80 columns and 24 lines has room for it.
        Assert.All(plain.Split('\n'), line => Assert.True(line.Length <= 80));
        Assert.True(plain.Count(c => c == '\n') < 24);
    }

    /// <summary>The text as a picture: two rows of modules a line.</summary>
    private static byte[] Image(string text)
    {
        string[] lines = text.TrimEnd('\n').Split('\n');
        int width = lines[0].Length * Scale, height = lines.Length * 2 * Scale;
        var pixels = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                char block = lines[y / (2 * Scale)][x / Scale];
                bool upper = y / Scale % 2 == 0;
                pixels[(y * width) + x] = block == '█' || block == (upper ? '▀' : '▄') ? (byte)0 : (byte)255;
            }
        }
        return [.. Encoding.ASCII.GetBytes($"P5 {width} {height} 255\n"), .. pixels];
    }

    private static async Task<string> ReadAsync(string image)
    {
        try
        {
            using Process zbar = Process.Start(new ProcessStartInfo("zbarimg", ["--quiet", "--raw", image])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            string read = await zbar.StandardOutput.ReadToEndAsync();
            await zbar.WaitForExitAsync();
            return read.Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("zbarimg (Debian: zbar-tools) is not on this machine");
            throw;
        }
    }
}
