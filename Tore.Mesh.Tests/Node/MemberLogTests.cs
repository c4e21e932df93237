using System.Collections.Immutable;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Node;

public sealed class MemberLogTests
{
    private static readonly NodeId Other = TestIds.Of(1);

    private readonly RecordingLogger _lines = new();
    private readonly MemberLog _log;

    public MemberLogTests() => _log = new MemberLog(_lines);

    [Fact]
    public void Tell_MemberThroughItsLife_EachTurnOnce()
    {
        Tell(Member(MemberState.Alive, incarnation: 1));
        Tell(Member(MemberState.Alive, incarnation: 1) with { RoundTrip = TimeSpan.FromMilliseconds(3) });
        Tell(Member(MemberState.Suspect, incarnation: 1));
        Tell(Member(MemberState.Dead, incarnation: 1));
        Tell(Member(MemberState.Alive, incarnation: 2));
        Tell(Member(MemberState.Alive, incarnation: 3) with { Start = 8 });
        Tell(Member(MemberState.Left, incarnation: 3));
        Assert.Equal(
            ["Information: joined", "Debug: is suspect", "Warning: is dead", "Information: is back", "Information: was started anew",
                "Information: left"],
            _lines.Lines.Select(line => Shortened(line)));
    }

    [Fact]
    public void Tell_SuspicionRefuted_IsForDebuggingOnly()
    {
        Tell(Member(MemberState.Alive, incarnation: 1));
        Tell(Member(MemberState.Suspect, incarnation: 1));
        Tell(Member(MemberState.Alive, incarnation: 2));
        Assert.All(_lines.Lines.Skip(1), line => Assert.StartsWith("Debug: ", line, StringComparison.Ordinal));
        Assert.Equal(3, _lines.Lines.Count);
    }

    private static MeshMember Member(MemberState state, ulong incarnation) => new()
    {
        Node = Other,
        State = state,
        Incarnation = incarnation,
        Start = 7,
        Since = TimeSpan.Zero,
        Addresses = ["127.0.0.1:7601"],
    };

    /// <summary>Level and the words after the member's name, up to where the reason begins.</summary>
    private static string Shortened(string line)
    {
        Assert.Contains(Other.ToString(), line, StringComparison.Ordinal);
        return line.Replace($"Member {Other} ", "", StringComparison.Ordinal).Split(',', ':', '.') is [var level, var words, ..]
            ? $"{level}:{words}"
            : line;
    }

    private void Tell(MeshMember member) =>
        _log.Tell(MeshSnapshot.Empty with { Members = ImmutableSortedDictionary<NodeId, MeshMember>.Empty.Add(member.Node, member) });
}
