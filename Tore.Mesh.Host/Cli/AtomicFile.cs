using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>Writes a file whole or not at all.</summary>
internal static class AtomicFile
{
    /// <summary>Writes beside the target and moves into place; a failure leaves what was there before, and nothing else.</summary>
    public static async Task<T> WriteAsync<T>(string path, Func<Stream, T> write)
    {
        string partial = $"{path}.{Environment.ProcessId}.partial";
        try
        {
            T result;
            await using (FileStream stream = File.Create(partial, 1 << 20))
            {
                result = write(stream);
            }
            File.Move(partial, path, overwrite: true);
            return result;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.FileNotWritable, $"Cannot write '{path}': {error.Message}", error);
        }
        finally
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }
        }
    }
}
