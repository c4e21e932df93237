using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>
/// What a member sends on a link that stands, in pieces of any size: the real receive loop, with a handler that reads every message. The
/// link ends with a code of its own or in order, and is never left standing behind bytes that broke the rules.
/// </summary>
internal sealed class LinkTarget : FuzzTarget, IFrameHandler, IDisposable
{
    private static readonly byte[] Nonce = [.. Enumerable.Repeat((byte)9, LinkHello.NonceBytes)];
    private static readonly Dictionary<MessageType, Action<ReadOnlySequence<byte>>> Readers = MakeReaders();

    private readonly LinkKind _kind;
    private readonly NodeKey _own = NodeKey.Create();
    private readonly NodeKey _peer = NodeKey.Create();
    private readonly Random _random;
    private readonly LinkOptions _options;

    public LinkTarget(LinkKind kind, IReadOnlyList<byte[]> corpus)
    {
        _kind = kind;
        _random = new Random((int)kind);
        _options = new LinkOptions { Identity = _own.Identity, Mesh = MeshSecret.Local };
        Corpus = corpus;
    }

    /// <inheritdoc/>
    public override string Name => $"link, {_kind}".ToLowerInvariant();

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus { get; }

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        var connection = new ScriptedConnection(_peer.Identity);
        Link link = Establish(connection);
        Task<ToreException?> running = link.RunAsync(this, CancellationToken.None);
        for (int at = 0; at < input.Length && !running.IsCompleted;)
        {
            int piece = Math.Min(_random.Next(1, 64), input.Length - at);
            Write(connection.Feed, input.AsSpan(at, piece));
            at += piece;
        }
        connection.Feed.Complete();
        if (!running.IsCompleted)
        {
            throw new InvalidOperationException("the receive loop waits for more after the end");
        }
        ToreException? reason = running.GetAwaiter().GetResult();
        return reason is null ? true : throw reason;
    }

    /// <inheritdoc/>
    public ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
    {
        Readers[type](body);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        _peer.Dispose();
    }

    /// <summary>Shakes hands as a member does.</summary>
    private Link Establish(ScriptedConnection connection)
    {
        ValueTask<Link> accepting = Link.AcceptAsync(connection, _options, CancellationToken.None);
        byte[] hello = LinkHello.Create(WireVersions.Supported, MeshSecret.Local.Id, Nonce);
        connection.Said.TryRead(out ReadResult said);
        byte[] other = said.Buffer.ToArray();
        connection.Said.AdvanceTo(said.Buffer.End);
        byte[] proof = LinkProof.Create(MeshSecret.Local, LinkRole.Dialler, hello, other, _peer.Identity.KeyHash, _own.Identity.KeyHash);
        Write(connection.Feed, [.. hello, .. proof, 0, 0, 0, 4, 0, 1, 0x91, (byte)_kind]);
        return accepting.IsCompleted ? accepting.Result : throw new InvalidOperationException("a member's handshake did not end");
    }

    private static void Write(PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes);
        ValueTask<FlushResult> flush = writer.FlushAsync();
        if (!flush.IsCompleted)
        {
            throw new InvalidOperationException("the pipe holds back");
        }
        flush.GetAwaiter().GetResult();
    }

    private static Dictionary<MessageType, Action<ReadOnlySequence<byte>>> MakeReaders()
    {
        MethodInfo make = typeof(LinkTarget).GetMethod(nameof(ReaderOf), BindingFlags.NonPublic | BindingFlags.Static)!;
        return FuzzCorpus.Messages.Select(message => make.MakeGenericMethod(message).Invoke(null, null))
            .Cast<KeyValuePair<MessageType, Action<ReadOnlySequence<byte>>>>().ToDictionary();
    }

    private static KeyValuePair<MessageType, Action<ReadOnlySequence<byte>>> ReaderOf<T>()
        where T : struct, IMessage<T> => new(T.Type, body =>
        {
            if (T.Type == MessageType.Activations)
            {
                WireMessage.ReadWithTensor<T>(body, out _);
            }
            else
            {
                WireMessage.Read<T>(body);
            }
        });
}
