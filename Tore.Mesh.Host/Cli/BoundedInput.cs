using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>Reads inputs whose end nobody promises (pipes, devices), up to a limit.</summary>
internal static class BoundedInput
{
    /// <summary>Everything up to the end; <c>payload_too_large</c> beyond <paramref name="mostBytes"/>.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="name">What it is called in the error.</param>
    /// <param name="mostBytes">Most bytes taken.</param>
    public static async Task<byte[]> ReadAsync(Stream source, string name, int mostBytes)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (await source.ReadAsync(buffer) is int read and > 0)
        {
            if (bytes.Length + read > mostBytes)
            {
                throw new ToreException(
                    ErrorCodes.PayloadTooLarge, $"{name} holds more than {ByteSize.Show(mostBytes)}: give it in smaller parts.");
            }
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }
}
