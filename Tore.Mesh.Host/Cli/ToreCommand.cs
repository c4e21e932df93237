using System.CommandLine;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>A command with examples in its help, whose failures become one clear error and an exit code.</summary>
internal sealed class ToreCommand : Command
{
    public ToreCommand(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <summary>Lines shown under the help.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Sets what the command does; its exit code is what it returns, or that of the error it throws.</summary>
    public void Run(CliConsole console, Func<ParseResult, CancellationToken, Task<int>> body) => SetAction(async (parsed, cancellation) =>
    {
        try
        {
            return await body(parsed, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            console.WriteError(ErrorCodes.Cancelled, "Interrupted.");
            return ExitCodes.Interrupted;
        }
        catch (Exception error)
        {
            (string code, string message) = CliErrors.Explain(error);
            console.WriteError(code, message);
            return ExitCodes.Of(code);
        }
    });
}
