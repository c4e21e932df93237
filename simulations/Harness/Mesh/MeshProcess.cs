using System.Buffers;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Harness.Mesh;

/// <summary>A node of the mesh as it is: the real <see cref="MeshCore"/>, with a simulated machine for its shell.</summary>
internal sealed class MeshProcess : IProcess, IMeshEffects
{
    private readonly MeshProcessOptions _options;
    private readonly IMeshTap? _tap;
    private bool _hasChanged;
    private ulong _revision;
    private ulong _addresses;

    /// <summary>Makes a node that has not started.</summary>
    public MeshProcess(ProcessContext context, MeshProcessOptions options)
    {
        Context = context;
        _options = options;
        _tap = options.Tap;
        Core = new MeshCore(
            new MeshCoreOptions
            {
                Mesh = context.Machine.Mesh,
                Signer = context.Signer,
                Verifier = context.Verifier,
                Random = context.Random,
                Start = context.Random.NextBits(),
                StoredIncarnation = IncarnationFile.Read(context.Disk),
                Membership = options.Membership,
            },
            this);
    }

    /// <summary>Its machine.</summary>
    public ProcessContext Context { get; }

    /// <summary>What decides.</summary>
    public MeshCore Core { get; }

    /// <summary>Who is there, as it sees it.</summary>
    public MembershipCore Membership => Core.Membership;

    /// <summary>Whether it tells the truth, as far as its options say.</summary>
    public bool IsHonest => _tap is not { IsLie: true };

    /// <inheritdoc/>
    public TimeSpan? NextDeadline => Core.NextDeadline;

    /// <inheritdoc/>
    public void Start(in Moment now)
    {
        Core.Start(_options.Seeds, [Context.Machine.Address.ToString()], Own, now);
        _tap?.OnStarted(this);
    }

    /// <summary>What it can do has changed.</summary>
    public void ChangeOwn()
    {
        _revision++;
        Core.OnOwnChanged(Own, Context.Now);
    }

    /// <summary>It has something to say of itself that everybody is to hear: a new record, under a new incarnation.</summary>
    public void ChangeAddresses() =>
        Core.OnAddressesChanged([Context.Machine.Address.ToString(), $"news-{++_addresses}.example:7601"], Context.Now);

    /// <inheritdoc/>
    public bool OnLinkOpened(long link, NodeId peer, PeerAddress remote, PeerAddress? dialled, in Moment now) =>
        Core.OnLinkOpened(link, peer, remote, dialled, now);

    /// <inheritdoc/>
    public void OnLinkClosed(long link, string? code, in Moment now) => Core.OnLinkClosed(link, code, now);

    /// <inheritdoc/>
    public void OnDialFailed(PeerAddress address, string code, string text, in Moment now) => Core.OnDialFailed(address, code, text, now);

    /// <inheritdoc/>
    public void OnDialledSelf(PeerAddress address, in Moment now) => Core.OnDialledSelf(address, now);

    /// <inheritdoc/>
    public void OnFrame(long link, MessageType type, in ReadOnlySequence<byte> body, in Moment now)
    {
        if (_tap is null || _tap.OnFrame(this, link, type, body))
        {
            Core.OnFrame(link, type, body, now);
        }
    }

    /// <inheritdoc/>
    public void OnTimer(in Moment now)
    {
        Core.OnTimer(now);
        _tap?.OnTimer(this);
    }

    /// <inheritdoc/>
    public void Leave(in Moment now) => Core.Leave(now);

    /// <inheritdoc/>
    public bool TakeChanged()
    {
        bool changed = _hasChanged;
        _hasChanged = false;
        return changed;
    }

    void IMeshEffects.Dial(PeerAddress address, NodeId? expected) => Context.Dial(address, expected);

    bool IMeshEffects.TrySend<T>(long link, in T message)
    {
        if (_tap is null)
        {
            return Context.TrySend(link, message);
        }
        T changed = message;
        return !_tap.OnSending(this, link, ref changed) || Context.TrySend(link, changed);
    }

    void IMeshEffects.Close(long link, string code, string reason) => Context.Close(link, code, reason);

    bool IMeshEffects.TrySaveIncarnation(ulong incarnation) => IncarnationFile.TryWrite(Context.Disk, incarnation);

    void IMeshEffects.Changed() => _hasChanged = true;

    /// <summary>What it says of itself now.</summary>
    public NodeInfo Own => new()
    {
        Version = $"0.1.{_revision}",
        Isa = "simulated",
        EngineFingerprint = "1",
        Slots = 4,
        SlotsInUse = (int)(_revision % 5),
    };
}
