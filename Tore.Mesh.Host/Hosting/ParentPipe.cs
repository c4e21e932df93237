namespace Tore.Mesh.Host.Hosting;

/// <summary>
/// Ends a child when its parent is gone, however that went: the parent holds the other end of standard input, and the system closes
/// it even after a kill -9.
/// </summary>
internal static class ParentPipe
{
    /// <summary>Completes when the pipe closes.</summary>
    public static async Task WaitForEndAsync(Stream pipe)
    {
        byte[] buffer = new byte[256];
        try
        {
            while (await pipe.ReadAsync(buffer) > 0)
            {
                // Whatever a parent says, only its silence counts.
            }
        }
        catch (IOException)
        {
            // A broken pipe is a closed one.
        }
    }
}
