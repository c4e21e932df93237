using System.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>The file that holds the key of an HTTP interface: one line of visible ASCII.</summary>
internal static class ApiKeyFile
{
    /// <summary>Shortest key taken: shorter ones can be guessed.</summary>
    public const int LeastCharacters = 16;

    private const int MostBytes = 4096;

    /// <summary>Reads the key; <c>file_not_readable</c> or <c>invalid_request</c>.</summary>
    public static string Read(string path)
    {
        string key;
        try
        {
            using FileStream file = File.OpenRead(path);
            // A device tells no length: what is longer than any key is none.
            byte[] bytes = new byte[MostBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            key = length > MostBytes ? "" : Encoding.UTF8.GetString(bytes, 0, length).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.FileNotReadable, $"--api-key-file '{path}' cannot be read: {error.Message}", error);
        }
        return key.Length >= LeastCharacters && key.All(c => c is > ' ' and < '\x7f')
            ? key
            : throw new ToreException(
                ErrorCodes.InvalidRequest,
                $"--api-key-file '{path}' must hold one key of at least {LeastCharacters} visible ASCII characters. Make one with: "
                    + $"head -c 24 /dev/urandom | base64 > FILE");
    }
}
