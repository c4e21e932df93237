using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>Notes what a directory asks for, and does nothing of it.</summary>
internal sealed class DialList : ILinkEffects
{
    public Moment Now { get; private set; } = new(TimeSpan.FromSeconds(100), 1_000_000_000);

    public List<(PeerAddress Address, NodeId? Expected)> Dialled { get; } = [];

    public List<NodeId> NotReached { get; } = [];

    public List<(long Link, string Code)> Goodbyes { get; } = [];

    public List<(long Link, string Code)> Closed { get; } = [];

    public List<(NodeId Node, bool Broken)> Losses { get; } = [];

    public Dictionary<NodeId, string[]> Recorded { get; } = [];

    public LinkDirectory Directory(int self, LinkDirectoryOptions? options = null) => new(LinkTown.Id(self),
        options ?? new LinkDirectoryOptions(), this, new Random(5), _ => true, node => Recorded.GetValueOrDefault(node, []));

    /// <summary>Lets time pass; timers run at their times.</summary>
    public void Run(LinkDirectory directory, TimeSpan time)
    {
        TimeSpan end = Now.Elapsed + time;
        while (directory.NextDeadline <= end)
        {
            Pass(directory.NextDeadline!.Value);
            directory.OnTimer(Now);
        }
        Pass(end);
    }

    public void Dial(PeerAddress address, NodeId? expected) => Dialled.Add((address, expected));

    public void Introduce(long link)
    {
    }

    public void SayGoodbye(long link, string code, string text) => Goodbyes.Add((link, code));

    public void Close(long link, string code, string reason) => Closed.Add((link, code));

    public void Unlinked(NodeId peer, bool broken) => Losses.Add((peer, broken));

    public void Unreachable(NodeId peer) => NotReached.Add(peer);

    public void LinkChanged(NodeId peer)
    {
    }

    private void Pass(TimeSpan to) =>
        Now = to > Now.Elapsed ? new Moment(to, Now.UnixMicroseconds + (long)(to - Now.Elapsed).TotalMicroseconds) : Now;
}
