using System.Runtime.InteropServices;

namespace Tore.Mesh.Host.Cli;

/// <summary>SIGINT and SIGTERM: the first asks the command to end, the second ends the process at once.</summary>
internal sealed class CliSignals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _seen;

    public CliSignals() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
    ];

    /// <summary>Fires with the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What an interrupted command exits with: 130 after SIGINT, 143 after SIGTERM.</summary>
    public int ExitCode { get; private set; } = ExitCodes.Interrupted;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _source.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        int code = context.Signal == PosixSignal.SIGTERM ? ExitCodes.Terminated : ExitCodes.Interrupted;
        if (Interlocked.Increment(ref _seen) > 1)
        {
            Environment.Exit(code);
        }
        ExitCode = code;
        _source.Cancel();
    }
}
