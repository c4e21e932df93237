using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Node;

/// <summary>One core, and a note of all that it asks for; time passes when a test says so.</summary>
internal sealed class MeshEffectsList : IMeshEffects
{
    public static readonly MeshId Mesh = new(0x6d657368);

    public MeshEffectsList(int number = 1, Func<MeshCoreOptions, MeshCoreOptions>? change = null)
    {
        var options = new MeshCoreOptions
        {
            Mesh = Mesh,
            Signer = new KeyedSigner(number),
            Verifier = KeyedSigner.Verifier,
            Random = new Random(number),
            Start = 7,
            Admits = node => !Banned.Contains(node),
        };
        Core = new MeshCore(change?.Invoke(options) ?? options, this);
    }

    public MeshCore Core { get; }

    public Moment Now { get; private set; } = new(TimeSpan.FromSeconds(100), 1_700_000_000_000_000);

    public List<(PeerAddress Address, NodeId? Expected)> Dialled { get; } = [];

    public List<(long Link, MessageType Type, byte[] Body)> Sent { get; } = [];

    public List<(long Link, string Code)> Closed { get; } = [];

    public List<ulong> Saved { get; } = [];

    public HashSet<NodeId> Banned { get; } = [];

    public int Changes { get; private set; }

    public bool SavesFail { get; set; }

    public static NodeId Id(int number) => new KeyedSigner(number).Id;

    public static MemberRecord Record(int number, ulong incarnation = 1, ulong start = 1, MeshId? mesh = null, bool leaves = false) =>
        MemberSignature.Sign(new KeyedSigner(number), mesh ?? Mesh, incarnation, start, [Address(number).ToString()], leaves);

    public static PeerAddress Address(int number) => new($"10.0.0.{number}", 7601);

    public static ReadOnlySequence<byte> Body<T>(in T message)
        where T : struct, IMessage<T>
    {
        var output = new ArrayBufferWriter<byte>();
        WireMessage.Write(message, output);
        return new ReadOnlySequence<byte>(output.WrittenMemory);
    }

    public MeshEffectsList Start(params PeerAddress[] seeds)
    {
        Assert.True(Core.Start(seeds, [Address(1).ToString()], new NodeInfo(), Now));
        return this;
    }

    /// <summary>A link with a peer, introduced on both sides.</summary>
    public MeshEffectsList Link(long link, int peer, ulong incarnation = 1, ulong start = 1)
    {
        Assert.True(Core.OnLinkOpened(link, Id(peer), Address(peer), null, Now));
        Frame(link, new Introduction(Record(peer, incarnation, start)));
        return this;
    }

    public bool Frame<T>(long link, in T message)
        where T : struct, IMessage<T> => Core.OnFrame(link, T.Type, Body(message), Now);

    public IEnumerable<T> SentOn<T>(long link)
        where T : struct, IMessage<T> => Sent.Where(s => s.Link == link && s.Type == T.Type)
            .Select(s => WireMessage.Read<T>(new ReadOnlySequence<byte>(s.Body)));

    /// <summary>Lets time pass; timers run at their times.</summary>
    public void Run(double seconds)
    {
        TimeSpan end = Now.Elapsed + TimeSpan.FromSeconds(seconds);
        while (Core.NextDeadline <= end)
        {
            Pass(Core.NextDeadline!.Value);
            Core.OnTimer(Now);
        }
        Pass(end);
    }

    void IMeshEffects.Dial(PeerAddress address, NodeId? expected) => Dialled.Add((address, expected));

    bool IMeshEffects.TrySend<T>(long link, in T message)
    {
        Sent.Add((link, T.Type, Body(message).ToArray()));
        return true;
    }

    void IMeshEffects.Close(long link, string code, string reason) => Closed.Add((link, code));

    bool IMeshEffects.TrySaveIncarnation(ulong incarnation)
    {
        Saved.Add(incarnation);
        return !SavesFail;
    }

    void IMeshEffects.Changed() => Changes++;

    private void Pass(TimeSpan to) =>
        Now = to > Now.Elapsed ? new Moment(to, Now.UnixMicroseconds + (long)(to - Now.Elapsed).TotalMicroseconds) : Now;
}
