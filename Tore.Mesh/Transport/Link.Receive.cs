using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Transport;

/// <content>The receive loop.</content>
internal sealed partial class Link
{
    /// <summary>
    /// Reads frames and hands them to <paramref name="handler"/> until the link ends; run once. Returns why it ended: null when the
    /// peer closed in order, its own reason when it said goodbye, ours when it broke the rules or the handler refused. The link is
    /// closed when this returns. Cancelling closes it too, and throws.
    /// </summary>
    public async Task<ToreException?> RunAsync(IFrameHandler handler, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
        {
            throw new InvalidOperationException("The receive loop runs once, on a link that is not closed.");
        }
        try
        {
            ToreException? goodbye = await ReadFramesAsync(handler, cancellationToken);
            await DisposeAsync();
            return goodbye;
        }
        catch (ToreException reason)
        {
            // First cause wins: what broke the connection, if that came before.
            _connection.Abort(reason);
            _options.Logger.LogDebug("{Link} ended: {Code}: {Reason}", this, CloseReason!.Code, CloseReason.Message);
            await DisposeAsync();
            return CloseReason;
        }
        catch (Exception failure)
        {
            _connection.Abort(new ToreException(ErrorCodes.LinkClosed, $"This end closed the link: {failure.Message}", failure));
            await DisposeAsync();
            throw;
        }
        finally
        {
            await _connection.Input.CompleteAsync();
        }
    }

    private async Task<ToreException?> ReadFramesAsync(IFrameHandler handler, CancellationToken cancellationToken)
    {
        PipeReader input = _connection.Input;
        int bytesMax = Frame.BytesMax(Kind);
        while (true)
        {
            ReadResult result = await input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (!Volatile.Read(ref _closing)
                && Frame.TryRead(ref buffer, bytesMax, out MessageType type, out ReadOnlySequence<byte> body))
            {
                if (type == MessageType.Goodbye)
                {
                    return ReasonOf(WireMessage.Read<Goodbye>(body));
                }
                if (Expects(type))
                {
                    await handler.OnFrameAsync(this, type, body, cancellationToken);
                }
            }
            input.AdvanceTo(buffer.Start, buffer.End);
            if (Volatile.Read(ref _closing))
            {
                return null;
            }
            if (result.IsCompleted)
            {
                return buffer.IsEmpty
                    ? null
                    : throw new ToreException(ErrorCodes.WireMalformed, $"The peer closed the link {buffer.Length} bytes into a frame.");
            }
        }
    }

    private bool Expects(MessageType type)
    {
        LinkKind links = MessageTypes.LinksOf(type);
        if (links == 0)
        {
            Interlocked.Increment(ref _unknown);
            return false;
        }
        return (links & Kind) != 0 && type != MessageType.LinkOpen
            ? true
            : throw new ToreException(ErrorCodes.WireMalformed, $"The peer sent {type} on a {Kind} link, where it has no place.");
    }

    /// <summary>A peer's words go into logs and answers, so its code must look like one.</summary>
    private static ToreException ReasonOf(Goodbye goodbye)
    {
        bool isCode = goodbye.Code.Length is > 0 and <= 64 && goodbye.Code.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_');
        return new ToreException(isCode ? goodbye.Code : ErrorCodes.LinkClosed, $"The peer closed the link: {goodbye.Text}");
    }
}
