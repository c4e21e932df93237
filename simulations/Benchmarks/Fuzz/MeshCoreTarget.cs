using System.Buffers;
using System.Buffers.Binary;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>
/// A running mesh core among members that say whatever they like: changed bytes, and well-formed lies signed with keys of their own, about
/// themselves, each other, this node and crowds that nobody has met. Time passes, links come and go, dials are answered. The core
/// throws nothing but refusals, keeps to its limits, and never takes itself for dead.
/// </summary>
internal sealed class MeshCoreTarget : FuzzTarget, IMeshEffects
{
    private const int LinksAtOnce = 12;
    private static readonly MeshId Mesh = new(0x0123_4567_89ab_cdef);

    private readonly FuzzKey _self = new(-1);
    private readonly Random _random = new(5);
    private readonly MeshCore _core;
    private readonly MeshLies _lies;
    private readonly List<(long Link, FuzzKey Peer)> _links = [];
    private readonly Queue<PeerAddress> _dials = new();
    private readonly Queue<(long Link, byte[] Message)> _answers = new();
    private Moment _now = new(TimeSpan.FromSeconds(1), 1_767_225_600_000_000);
    private long _lastLink;
    private ulong _saved;
    private long _fed;

    public MeshCoreTarget(IReadOnlyDictionary<string, List<byte[]>> frames)
    {
        _core = new MeshCore(new MeshCoreOptions
        {
            Mesh = Mesh,
            Signer = _self,
            Verifier = FuzzKey.Verifier,
            Random = new Random(6),
            Start = 7,
            Admits = id => id.GetHashCode() % 16 != 0,
        }, this);
        _lies = new MeshLies(_self, Mesh, _random);
        _core.Start([], ["192.0.2.1:7600"], new NodeInfo { Node = _self.Id, Version = "0" }, _now);
        // The first two bytes are the message's number; the rest is its body.
        Corpus =
        [
            .. frames.Values.SelectMany(f => f).Select(f => f[4..]).Where(f => MeshCore.Handles(TypeOf(f))),
            .. Enumerable.Range(0, 400).Select(_ => _lies.Next()),
        ];
    }

    /// <inheritdoc/>
    public override string Name => "mesh core";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus { get; }

    /// <summary>A message may begin the answer to all that it says, and what was due meanwhile.</summary>
    public override long AllocationLimit(int inputBytes) => (8 * 1024 * 1024) + (64L * inputBytes);

    /// <summary>Limits.Members living and as many tombstones, each with its records; far more than the crowd here brings along.</summary>
    public override long HeldLimit => 192L * 1024 * 1024;

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        _fed++;
        Pass();
        OpenLinks();
        while (_answers.TryDequeue(out (long Link, byte[] Message) answer))
        {
            _core.OnFrame(answer.Link, TypeOf(answer.Message), BodyOf(answer.Message), _now);
        }
        _lies.OwnIncarnation = _saved;
        int at = _random.Next(_links.Count);
        byte[] message = _random.Next(3) == 0 ? _lies.Next() : input;
        bool taken;
        try
        {
            taken = message.Length >= 2 && _core.OnFrame(_links[at].Link, TypeOf(message), BodyOf(message), _now);
        }
        catch (ToreException refusal)
        {
            // As the shell does it.
            Drop(at, refusal.Code);
            throw;
        }
        Check();
        return taken;
    }

    void IMeshEffects.Dial(PeerAddress address, NodeId? expected) => _dials.Enqueue(address);

    bool IMeshEffects.TrySend<T>(long link, in T message)
    {
        // Some of those that are asked answer as they should, so that suspicions end and round trips are known.
        if (message is Ping ping && _random.Next(3) == 0 && _answers.Count < LinksAtOnce)
        {
            _answers.Enqueue((link, MeshLies.Message(new Pong(ping.Sequence, ping.SentAtMicroseconds, _now.UnixMicroseconds))));
        }
        else if (message is PingRequest request && _random.Next(3) == 0 && _answers.Count < LinksAtOnce)
        {
            _answers.Enqueue((link, MeshLies.Message(new PingAnswer(request.Sequence, Answered: true))));
        }
        return _random.Next(50) != 0;
    }

    void IMeshEffects.Close(long link, string code, string reason) => _links.RemoveAll(l => l.Link == link);

    bool IMeshEffects.TrySaveIncarnation(ulong incarnation)
    {
        if (incarnation <= _saved)
        {
            throw new InvalidOperationException($"incarnation {incarnation} is said again after {_saved}");
        }
        bool saved = _random.Next(20) != 0;
        _saved = saved ? incarnation : _saved;
        return saved;
    }

    void IMeshEffects.Changed()
    {
    }

    private static MessageType TypeOf(ReadOnlySpan<byte> message) =>
        message.Length < 2 ? 0 : (MessageType)BinaryPrimitives.ReadUInt16BigEndian(message);

    private static ReadOnlySequence<byte> BodyOf(byte[] message) => new(message, 2, message.Length - 2);

    /// <summary>Time passes; what was dialled answers, or does not; now and then a link breaks.</summary>
    private void Pass()
    {
        int milliseconds = _random.Next(500) == 0 ? _random.Next(60_000) : _random.Next(40);
        _now = new Moment(
            _now.Elapsed + TimeSpan.FromMilliseconds(milliseconds), _now.UnixMicroseconds + (1000 * milliseconds) + _random.Next(-50, 50));
        if (_core.NextDeadline <= _now.Elapsed)
        {
            _core.OnTimer(_now);
        }
        while (_dials.TryDequeue(out PeerAddress address))
        {
            if (_random.Next(4) == 0)
            {
                Open(_lies.AnyKey(), address);
            }
            else
            {
                _core.OnDialFailed(address, ErrorCodes.PeerUnreachable, "nobody there", _now);
            }
        }
        if (_links.Count > 0 && _random.Next(100) == 0)
        {
            Drop(_random.Next(_links.Count), _random.Next(2) == 0 ? null : ErrorCodes.LinkClosed);
        }
    }

    private void OpenLinks()
    {
        for (int tries = 0; _links.Count < LinksAtOnce && (tries < 4 || _links.Count == 0); tries++)
        {
            Open(_lies.AnyKey(), null);
        }
    }

    private void Open(FuzzKey peer, PeerAddress? dialled)
    {
        long link = ++_lastLink;
        _links.Add((link, peer));
        PeerAddress remote = dialled ?? new PeerAddress("192.0.2.77", 1024 + (int)(link % 60_000));
        if (!_core.OnLinkOpened(link, peer.Id, remote, dialled, _now))
        {
            _links.RemoveAll(l => l.Link == link);
            return;
        }
        if (_random.Next(10) != 0)
        {
            byte[] introduction = _lies.IntroductionOf(peer);
            _core.OnFrame(link, MessageType.Introduction, BodyOf(introduction), _now);
        }
    }

    private void Drop(int at, string? code)
    {
        long link = _links[at].Link;
        _links.RemoveAt(at);
        _core.OnLinkClosed(link, code, _now);
    }

    private void Check()
    {
        int living = _core.Membership.Table.Living, all = _core.Membership.Table.Members.Count;
        if (living > Limits.Members || all > Limits.Members + Limits.Tombstones + 1)
        {
            throw new InvalidOperationException($"{living} living of {all} members are held, more than the limits");
        }
        if (_core.Membership.Table.TryGet(_self.Id, out _))
        {
            throw new InvalidOperationException("the core holds itself for another member");
        }
        if (_core.NextDeadline is not { } next || next > _now.Elapsed + TimeSpan.FromMinutes(2))
        {
            throw new InvalidOperationException("the core waits for nothing any more");
        }
        if (_fed % 64 == 0 && _core.Snapshot.Members.Count > all)
        {
            throw new InvalidOperationException("more members are shown than there are");
        }
    }
}
