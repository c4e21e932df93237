using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>Turns whatever a command throws into a stable code and a message for people.</summary>
internal static class CliErrors
{
    /// <summary>The code and the message of an exception.</summary>
    public static (string Code, string Message) Explain(Exception error) => error switch
    {
        ToreException known => (known.Code, known.Message),
        FileNotFoundException or DirectoryNotFoundException => (ErrorCodes.FileNotReadable, error.Message),
        UnauthorizedAccessException => (ErrorCodes.FileNotReadable, error.Message),
        HttpRequestException => (ErrorCodes.PeerUnreachable, error.Message),
        OutOfMemoryException => (ErrorCodes.MemoryBudgetExceeded, "The machine gave no more memory. Use a smaller model or --context, "
            + "or fewer --slots."),
        IOException => (ErrorCodes.FileNotReadable, error.Message),
        _ => (ErrorCodes.Internal, $"{error.GetType().Name}: {error.Message} Please report this as a bug, with the command that led to "
            + $"it."),
    };
}
