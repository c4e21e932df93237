using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Tore.Mesh.Host.Api;

/// <summary>
/// A server-sent event stream (WHATWG HTML, 9.2) that gives up on a client which does not read: a write that stays blocked for
/// <see cref="ApiTimeouts.UnreadStream"/> aborts the connection.
/// </summary>
internal sealed class EventStream(HttpContext context, ApiTimeouts timeouts, TimeProvider time, ApiMetrics metrics)
{
    private static readonly byte[] Comment = ": still working\n\n"u8.ToArray();
    private static readonly byte[] Done = "data: [DONE]\n\n"u8.ToArray();

    /// <summary>Whether the status is out: from then on errors are events.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Sends the headers.</summary>
    public Task StartAsync()
    {
        HasStarted = true;
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return FlushAsync();
    }

    /// <summary>Sends one event.</summary>
    public Task SendAsync<T>(T value, JsonTypeInfo<T> type) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>Sends one event whose data are ready.</summary>
    public Task SendAsync(ReadOnlySpan<byte> json)
    {
        Write("data: "u8);
        Write(json);
        Write("\n\n"u8);
        return FlushAsync();
    }

    /// <summary>Sends a comment, which clients skip: it keeps the connection visibly alive.</summary>
    public Task CommentAsync()
    {
        Write(Comment);
        return FlushAsync();
    }

    /// <summary>Ends the stream as OpenAI does.</summary>
    public Task DoneAsync()
    {
        Write(Done);
        return FlushAsync();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        Span<byte> room = context.Response.BodyWriter.GetSpan(bytes.Length);
        bytes.CopyTo(room);
        context.Response.BodyWriter.Advance(bytes.Length);
    }

    private async Task FlushAsync()
    {
        Task flush = context.Response.BodyWriter.FlushAsync(context.RequestAborted).AsTask();
        try
        {
            await flush.WaitAsync(timeouts.UnreadStream, time, context.RequestAborted);
        }
        catch (TimeoutException)
        {
            metrics.ClientsCutOff.Add();
            context.Abort();
            throw new OperationCanceledException("The client did not read its stream.");
        }
        context.RequestAborted.ThrowIfCancellationRequested();
    }
}
