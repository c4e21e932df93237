using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>The command <c>openssl</c>: a foreign peer that can do what .NET's TLS cannot. Tests skip where it is absent.</summary>
internal static class OpenSslClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Options of a key such as nodes have; of one spelt out by its parameters; and of an Edwards curve.</summary>
    public const string P256 = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";

    /// <inheritdoc cref="P256"/>
    public const string ExplicitP256 = P256 + " -pkeyopt ec_param_enc:explicit";

    /// <inheritdoc cref="P256"/>
    public const string Ed25519 = "-algorithm ed25519";

    /// <summary>Makes a key and its self-signed certificate; gives their files.</summary>
    public static async Task<(string Certificate, string Key)> CertificateAsync(TemporaryFolder folder, string keyOptions)
    {
        (string certificate, string key) = (folder.PathOf("certificate.pem"), folder.PathOf("key.pem"));
        await RunAsync($"genpkey {keyOptions} -out {key}", 0, []);
        await RunAsync($"req -x509 -new -key {key} -subj /CN=x -days 3650 -out {certificate}", 0, []);
        return (certificate, key);
    }

    /// <summary>Dials, waits for what the server says first, sends, and gives all that the server said until it closed.</summary>
    public static Task<byte[]> TalkAsync(IPEndPoint server, string arguments, int first, byte[] input) =>
        RunAsync($"s_client -connect {server} -brief -servername tore {arguments}", first, input);

    private static async Task<byte[]> RunAsync(string arguments, int first, byte[] input)
    {
        using Process process = Start(arguments);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(patience.Token);
            using var output = new MemoryStream();
            byte[] buffer = new byte[4096];
            int read;
            bool spoke = false;
            do
            {
                if (!spoke && output.Length >= first)
                {
                    await SayAsync(process, input, patience.Token);
                    spoke = true;
                }
                read = await process.StandardOutput.BaseStream.ReadAsync(buffer, patience.Token);
                output.Write(buffer, 0, read);
            }
            while (read > 0);
            await process.WaitForExitAsync(patience.Token);
            await errors;
            return output.ToArray();
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Process Start(string arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("openssl", arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("the command 'openssl' is not on this machine");
            return null!;
        }
    }

    private static async Task SayAsync(Process process, byte[] input, CancellationToken token)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, token);
            await process.StandardInput.BaseStream.FlushAsync(token);
        }
        catch (IOException)
        {
            // It was refused before it had said all.
        }
    }
}
