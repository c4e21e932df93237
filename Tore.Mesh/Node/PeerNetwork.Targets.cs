using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Membership;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <content>Activation links: dialled when first needed, by whichever end needs one, then used by both.</content>
internal sealed partial class PeerNetwork
{
    private readonly Lock _gate = new();
    private readonly Dictionary<NodeId, List<LinkTarget>> _targets = [];
    private readonly Dictionary<NodeId, Task<LinkTarget>> _dialling = [];
    private readonly Dictionary<NodeId, TaskCompletionSource<LinkTarget>> _awaited = [];

    /// <inheritdoc/>
    public async ValueTask<IFrameTarget> TargetAsync(NodeId node, CancellationToken cancellationToken)
    {
        if (node == Self)
        {
            return _local;
        }
        Task<LinkTarget> dial;
        lock (_gate)
        {
            if (_targets.GetValueOrDefault(node)?.Find(t => t.IsOpen) is { } open)
            {
                return open;
            }
            if (!_dialling.TryGetValue(node, out dial!))
            {
                _dialling[node] = dial = DialSharedAsync(node);
                _tasks.Add(dial.ContinueWith(static _ => { }, TaskScheduler.Default));
            }
        }
        return await dial.WaitAsync(cancellationToken);
    }

    private async Task<LinkTarget> DialSharedAsync(NodeId node)
    {
        await Task.Yield();
        try
        {
            return await DialTargetAsync(node, _stop.Token);
        }
        finally
        {
            lock (_gate)
            {
                _dialling.Remove(node);
            }
        }
    }

    /// <summary>Dials the peer's addresses one after the other; where none answers, asks it to dial.</summary>
    private async Task<LinkTarget> DialTargetAsync(NodeId node, CancellationToken cancellationToken)
    {
        if (!Mesh.Members.TryGetValue(node, out MeshMember? member) || !member.IsLiving)
        {
            throw new ToreException(ErrorCodes.PeerUnreachable, $"Node {node.Short} has left.");
        }
        ToreException? reason = null;
        foreach (PeerAddress address in AddressesOf(member))
        {
            try
            {
                Link link = await Link.DialAsync(
                    _options.Transport, EndPointOf(address), LinkKind.Activation, _options.Links, node, cancellationToken);
                return AdoptTarget(link);
            }
            catch (ToreException failure)
            {
                reason = failure;
            }
        }
        return await AskForLinkAsync(node, reason, cancellationToken);
    }

    private async Task<LinkTarget> AskForLinkAsync(NodeId node, ToreException? reason, CancellationToken cancellationToken)
    {
        Task<LinkTarget> arrives;
        lock (_gate)
        {
            if (!_awaited.TryGetValue(node, out TaskCompletionSource<LinkTarget>? awaited))
            {
                _awaited[node] = awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            arrives = awaited.Task;
        }
        try
        {
            if (TrySendControl(node, new DialRequest(LinkKind.Activation, _addresses)))
            {
                return await arrives.WaitAsync(Limits.Dial + Limits.Handshake, _options.Time, cancellationToken);
            }
        }
        catch (TimeoutException)
        {
            // What the own dial failed for says more.
        }
        finally
        {
            lock (_gate)
            {
                _awaited.Remove(node);
            }
        }
        throw reason ?? new ToreException(ErrorCodes.PeerUnreachable, $"Node {node.Short} tells no address at which it can be dialled.");
    }

    /// <summary>What the peer says of itself, and where its link comes from with the port that it listens on.</summary>
    private static PeerAddress[] AddressesOf(MeshMember member)
    {
        List<PeerAddress> addresses = [];
        foreach (string text in member.Addresses.Take(Limits.NodeAddresses))
        {
            if (PeerAddress.TryParse(text, out PeerAddress address))
            {
                addresses.Add(address);
            }
        }
        if (member.Remote is not { } remote)
        {
            return [.. addresses];
        }
        IEnumerable<PeerAddress> seen = addresses.Select(a => remote with { Port = a.Port });
        return [.. addresses.Where(a => a.Host == remote.Host).Concat(seen).Concat(addresses).Distinct()];
    }

    private LinkTarget AdoptTarget(Link link)
    {
        var target = new LinkTarget(link);
        NodeId peer = link.Peer.Id;
        lock (_gate)
        {
            if (!_targets.TryGetValue(peer, out List<LinkTarget>? targets))
            {
                _targets[peer] = targets = [];
            }
            targets.Add(target);
            if (_awaited.TryGetValue(peer, out TaskCompletionSource<LinkTarget>? awaited))
            {
                awaited.TrySetResult(target);
            }
        }
        _tasks.Add(RunTargetAsync(target));
        if (_stop.IsCancellationRequested)
        {
            CloseTargets(static _ => ErrorCodes.Draining, Stopping);
        }
        return target;
    }

    private async Task RunTargetAsync(LinkTarget target)
    {
        await Task.Yield();
        NodeId peer = target.Link.Peer.Id;
        try
        {
            await target.Link.RunAsync(new ActivationHandler(_traffic, peer), CancellationToken.None);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            _logger.LogError(defect, "{Link} ended by a defect of this node.", target.Link);
        }
        lock (_gate)
        {
            if (_targets.TryGetValue(peer, out List<LinkTarget>? targets) && targets.Remove(target) && targets.Count == 0)
            {
                _targets.Remove(peer);
            }
        }
        _traffic.OnTargetClosed(target);
    }

    /// <summary>A node that is gone may never say so on a link that stands.</summary>
    private void CloseTargetsOfTheGone(MeshSnapshot mesh)
    {
        List<LinkTarget> gone = [];
        lock (_gate)
        {
            foreach ((NodeId peer, List<LinkTarget> targets) in _targets)
            {
                if (!mesh.IsLiving(peer))
                {
                    gone.AddRange(targets);
                }
            }
        }
        foreach (LinkTarget target in gone)
        {
            target.Link.Abort(new ToreException(ErrorCodes.StageLost, $"Node {target.Link.Peer.Id.Short} is gone."));
        }
    }

    /// <summary>Closes the links with peers for which <paramref name="codeFor"/> gives a reason.</summary>
    private void CloseTargets(Func<NodeId, string?> codeFor, string text)
    {
        lock (_gate)
        {
            foreach ((NodeId peer, List<LinkTarget> targets) in _targets)
            {
                if (codeFor(peer) is { } code)
                {
                    targets.ForEach(t => _tasks.Add(t.Link.CloseAsync(code, text).AsTask()));
                }
            }
        }
    }

    /// <summary>The frames of one activation link. Its buffer is used again for every frame: a step allocates nothing here.</summary>
    private sealed class ActivationHandler(IPeerTraffic traffic, NodeId peer) : IFrameHandler
    {
        private float[] _rows = [];

        public ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
        {
            switch (type)
            {
                case MessageType.Activations:
                    Activations head = WireMessage.ReadWithTensor<Activations>(body, out ReadOnlySequence<byte> tensor);
                    traffic.OnActivations(peer, head, RowsOf(head, tensor));
                    break;
                case MessageType.Token:
                    traffic.OnToken(peer, WireMessage.Read<Token>(body));
                    break;
                case MessageType.ChunkDone:
                    traffic.OnChunkDone(peer, WireMessage.Read<ChunkDone>(body));
                    break;
                default:
                    traffic.OnMessage(peer, type, body);
                    break;
            }
            return ValueTask.CompletedTask;
        }

        private ReadOnlySpan<float> RowsOf(in Activations head, in ReadOnlySequence<byte> tensor)
        {
            if (tensor.Length != head.TensorBytes)
            {
                throw new ToreException(ErrorCodes.WireMalformed,
                    $"A frame of {head.Count} x {head.Width} activations carries {tensor.Length} bytes instead of {head.TensorBytes}.");
            }
            int count = (int)(tensor.Length / sizeof(float));
            if (_rows.Length < count)
            {
                _rows = new float[count];
            }
            Span<float> rows = _rows.AsSpan(0, count);
            tensor.CopyTo(MemoryMarshal.AsBytes(rows));
            if (!BitConverter.IsLittleEndian)
            {
                Span<int> bits = MemoryMarshal.Cast<float, int>(rows);
                System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(bits, bits);
            }
            return rows;
        }
    }
}
