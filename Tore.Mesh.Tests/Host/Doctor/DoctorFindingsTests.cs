using System.Net;
using Tore.Mesh.Host.Doctor;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Host.Doctor;

/// <summary>Findings from facts that a hand wrote down.</summary>
public sealed class DoctorFindingsTests
{
    private const string Self = "00000000-0000-8000-8000-000000000001";
    private const string Peer = "00000000-0000-8000-8000-000000000002";
    private const string At = "192.168.1.7:7601";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly MeshSecret Lab = MeshSecret.Create("lab"), OldLab = MeshSecret.Create("lab"), Home = MeshSecret.Create("home");

    private static readonly LocalFacts Machine = new()
    {
        DataFolder = "/data",
        Now = Now,
        RunningProcess = 1,
        Interfaces = [new("lo", IPAddress.Loopback, 8), new("eth0", IPAddress.Parse("192.168.1.5"), 24)],
        Meshes = [new("lab", Lab.Id, [OldLab.Id]), new("home", Home.Id, [])],
    };

    private static readonly NodeFacts Running = new()
    {
        NodeId = Self,
        Mesh = "lab",
        MeshId = Lab.Id.ToString(),
        Listen = ["192.168.1.5:7601"],
        Members =
        [
            new() { NodeId = Self, IsSelf = true, State = "alive", Addresses = ["192.168.1.5:7601"] },
            new() { NodeId = Peer, State = "alive", Addresses = [At], LinkAddress = At, Tls = "1.3" },
        ],
        Contacts = [new() { Address = At, NodeId = Peer, Source = "seed", IsLinked = true }],
    };

    [Fact]
    public void Of_LinkedPeers_FindsNothing() => Assert.Empty(DoctorFindings.Of(Facts(Running)));

    [Theory]
    [InlineData(LinkProbeOutcome.NameNotFound, "lab.example:7601", null, FindingCodes.NameNotFound, "lab.example")]
    [InlineData(LinkProbeOutcome.NoRoute, "198.51.100.7:7601", "198.51.100.7", FindingCodes.NoRoute, "192.168.1.5/24 (eth0)")]
    [InlineData(LinkProbeOutcome.NothingListens, At, "192.168.1.7", FindingCodes.NothingListens, "--listen 0.0.0.0:7601")]
    [InlineData(LinkProbeOutcome.NoAnswer, At, "192.168.1.7", FindingCodes.NoAnswer, "own network (192.168.1.5/24 (eth0))")]
    [InlineData(LinkProbeOutcome.NoAnswer, "192.168.2.7:1", "192.168.2.7", FindingCodes.NoAnswer, "another subnet than this machine's")]
    [InlineData(LinkProbeOutcome.NoAnswer, "198.51.100.7:1", "198.51.100.7", FindingCodes.NoAnswer, "firewall or router on the way")]
    public void Of_SeedThatLeadsNowhere_SaysWhyAndWhatToDo(
        LinkProbeOutcome outcome, string address, string? resolved, string code, string says)
    {
        Finding found = Assert.Single(Problems(WithContact(Contact(address, ErrorCodes.PeerUnreachable)), new LinkProbeResult
        {
            Address = AddressOf(address),
            Outcome = outcome,
            Resolved = resolved is null ? [] : [resolved],
            Code = ErrorCodes.PeerUnreachable,
            WithOwnKey = false,
        }));
        Assert.Equal((code, address), (found.Code, found.About));
        Assert.Contains(says, found.What + found.Why + found.Do, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("old lab", "lab", FindingCodes.OldSecret, "tore invite lab")]
    [InlineData("home", "lab", ErrorCodes.WrongMesh, "tore up --mesh home")]
    [InlineData("open", "lab", FindingCodes.OpenAndPrivate, "instead of --open")]
    [InlineData("open", "local", FindingCodes.OpenAndPrivate, "Start this node with --open too")]
    [InlineData("local", "lab", ErrorCodes.WrongMesh, "bare 'tore up'")]
    [InlineData("other", "lab", ErrorCodes.WrongMesh, "the secret was rotated")]
    [InlineData("other", "open", FindingCodes.OpenAndPrivate, "that one with --open too")]
    [InlineData("lab", "open", ErrorCodes.WrongMesh, "tore up --mesh lab here")]
    [InlineData("other", "local", ErrorCodes.WrongMesh, "This node was started with a bare 'tore up'")]
    public void Of_PeerInAnotherMesh_SaysWhichAndHowToMeet(string theirs, string ours, string code, string says)
    {
        MeshSecret peer = MeshOf(theirs), own = MeshOf(ours);
        string text = MeshMismatch.Of(peer.Id, own).Message;
        NodeFacts node = Running with
        {
            Mesh = own.Name,
            MeshId = own.Id.ToString(),
            Members = [Running.Members[0]],
            Contacts = [Contact(At, ErrorCodes.WrongMesh, text)],
        };
        // Seen by dialling, as the node remembers it or as a fresh try shows it, and by being dialled: the same is said.
        var probe = new LinkProbeResult
        {
            Address = AddressOf(At),
            Outcome = LinkProbeOutcome.Refused,
            Code = ErrorCodes.WrongMesh,
            Text = text,
            Peer = IdOf(Peer),
            PeerMesh = peer.Id,
            WithOwnKey = false,
        };
        NodeFacts dialled = node with
        {
            Contacts = [],
            Refused = [new() { Address = "192.168.1.7", NodeId = Peer, Code = ErrorCodes.WrongMesh, Text = text, LastAt = Now }],
        };
        foreach (DoctorFacts facts in (DoctorFacts[])[Facts(node), Facts(node, probe), Facts(dialled)])
        {
            Finding found = Assert.Single(DoctorFindings.Of(facts), f => f.IsProblem);
            Assert.Equal(code, found.Code);
            Assert.Contains(says, found.What + found.Why + found.Do, StringComparison.Ordinal);
            Assert.Contains(facts.Node!.Refused.Count > 0 || facts.Probes.Count > 0 ? Peer : At, found.What, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(ErrorCodes.WrongProof, "could not prove its secret")]
    [InlineData(ErrorCodes.WireVersion, "older of the two programs")]
    [InlineData(ErrorCodes.TlsRefused, "--tls-min 1.3")]
    [InlineData(ErrorCodes.PeerCertificate, "no tore node")]
    [InlineData(ErrorCodes.WireMalformed, "no tore node")]
    [InlineData(ErrorCodes.HandshakeFailed, "run 'tore doctor' there")]
    [InlineData(ErrorCodes.HandshakeTimeout, "said too little")]
    [InlineData(ErrorCodes.WrongPeer, "not the node that was expected")]
    [InlineData(ErrorCodes.Banned, "tore mesh unban ID")]
    [InlineData(ErrorCodes.NotAllowed, "tore mesh allow ID")]
    [InlineData(ErrorCodes.TooManyLinks, "no more links")]
    [InlineData(ErrorCodes.Draining, "just stopping")]
    [InlineData("something_new", "cannot be linked with")]
    public void Of_DialThatFailed_ExplainsItsCode(string code, string says)
    {
        Finding found = Assert.Single(Problems(WithContact(Contact(At, code, "the reason"))));
        Assert.Equal(code, found.Code);
        Assert.Contains(says, found.What + found.Why + found.Do, StringComparison.Ordinal);
        if (code != ErrorCodes.WrongProof)
        {
            Assert.Contains("the reason", found.Why, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_SeedThatIsThisNode_IsANoteOnly()
    {
        Finding found = Assert.Single(DoctorFindings.Of(Facts(WithContact(Contact(At, ErrorCodes.PeerIsSelf)))));
        Assert.False(found.IsProblem);
    }

    [Fact]
    public void Of_DeadMember_IsNamedWithSinceAndTheReasonOfItsAddress()
    {
        NodeFacts node = Running with
        {
            Members = [Running.Members[0], Running.Members[1] with { State = "dead", LinkAddress = null, Since = Now.AddMinutes(-5) }],
            Contacts = [Running.Contacts[0] with { IsLinked = false, Code = ErrorCodes.PeerUnreachable, Failures = 3 }],
        };
        Finding found = Assert.Single(Problems(node, Probe(LinkProbeOutcome.NothingListens)));
        Assert.Equal((FindingCodes.NothingListens, Peer), (found.Code, found.About));
        Assert.Contains("dead since 2026-11-22 11:55:00 UTC: Nothing listens", found.What, StringComparison.Ordinal);
        // Without a contact, it is still named.
        Finding gone = Assert.Single(Problems(node with { Contacts = [] }));
        Assert.Equal((FindingCodes.PeerGone, Peer), (gone.Code, gone.About));
        // One that left in order is not missed.
        Assert.Empty(Problems(node with { Members = [node.Members[0], node.Members[1] with { State = "left" }] }));
    }

    [Fact]
    public void Of_PeerThatOnlyComesToUs_IsNotReachableFromOutside()
    {
        NodeFacts node = Running with { Contacts = [Running.Contacts[0] with { Code = ErrorCodes.PeerUnreachable, Failures = 2 }] };
        Finding found = Assert.Single(DoctorFindings.Of(Facts(node)));
        Assert.Equal((FindingCodes.NotReachable, Peer, false), (found.Code, found.About, found.IsProblem));
        // A second address that works makes it reachable.
        ContactFact good = Running.Contacts[0] with { Address = "h:1" };
        Assert.Empty(DoctorFindings.Of(Facts(node with { Contacts = [.. node.Contacts, good] })));
    }

    [Fact]
    public void Of_SeveralAddressesOfOnePeer_GiveOneFindingOfTheBest()
    {
        ContactFact[] contacts =
        [
            Contact("10.0.0.1:7601", ErrorCodes.PeerUnreachable) with { NodeId = Peer },
            Contact(At, ErrorCodes.PeerUnreachable) with { NodeId = Peer },
        ];
        NodeFacts node = Running with { Members = [Running.Members[0]], Contacts = contacts };
        Finding found = Assert.Single(Problems(
            node, Probe(LinkProbeOutcome.NoAnswer) with { Address = AddressOf("10.0.0.1:7601") }, Probe(LinkProbeOutcome.NothingListens)));
        Assert.Equal((FindingCodes.NothingListens, Peer), (found.Code, found.About));
    }

    [Fact]
    public void Of_RefusedConnections_AreTheirOperatorsChoiceOldOrCuredOnes()
    {
        RefusedFact refused = new()
        {
            Address = "192.168.1.9",
            NodeId = "00000000-0000-8000-8000-000000000009",
            Code = ErrorCodes.WrongProof,
            LastAt = Now,
            Count = 3,
        };
        Finding found = Assert.Single(Problems(Running with { Refused = [refused] }));
        Assert.Contains("3 times", found.What, StringComparison.Ordinal);
        Assert.Contains("192.168.1.9", found.What, StringComparison.Ordinal);
        Assert.Empty(DoctorFindings.Of(Facts(Running with { Refused = [refused with { LastAt = Now.AddHours(-1) }] })));
        Assert.Empty(DoctorFindings.Of(Facts(Running with { Refused = [refused with { NodeId = Peer }] })));
        foreach (string wanted in (string[])[ErrorCodes.Banned, ErrorCodes.NotAllowed, ErrorCodes.HandshakeFailed])
        {
            Assert.False(Assert.Single(DoctorFindings.Of(Facts(Running with { Refused = [refused with { Code = wanted }] }))).IsProblem);
        }
    }

    [Theory]
    [InlineData("old lab", 1, FindingCodes.OldSecret, true)]
    [InlineData("other", 1, FindingCodes.OtherMesh, false)]
    [InlineData("lab", 0, ErrorCodes.WireVersion, true)]
    public void Of_StrangerSeenByMdns_IsNamed(string mesh, int wire, string code, bool problem)
    {
        StrangerFact stranger = new() { NodeId = Peer, MeshId = MeshOf(mesh).Id.ToString(), WireVersion = wire, Addresses = [At] };
        Finding found = Assert.Single(DoctorFindings.Of(Facts(Running with { Strangers = [stranger] })));
        Assert.Equal((code, problem, Peer), (found.Code, found.IsProblem, found.About));
        Assert.Contains(At, found.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Clocks_NamesWhoseIsWrong()
    {
        Finding own = Assert.Single(Problems(Running with { ClockOffsetMs = 90_000, Members = WithOffset(90_000) }));
        Assert.Equal((FindingCodes.ClockSkew, Self), (own.Code, own.About));
        Assert.Contains("90 s behind", own.What, StringComparison.Ordinal);
        Finding theirs = Assert.Single(Problems(Running with { ClockOffsetMs = 0, Members = WithOffset(-45_000) }));
        Assert.Equal((FindingCodes.ClockSkew, Peer), (theirs.Code, theirs.About));
        Assert.Contains("45 s behind", theirs.What, StringComparison.Ordinal);
        Finding unset = Assert.Single(Problems(Facts(Running) with { Local = Machine with { Now = DateTimeOffset.UnixEpoch } }));
        Assert.Equal(FindingCodes.ClockSkew, unset.Code);
    }

    [Fact]
    public void Of_TheNodeItself_IsJudgedToo()
    {
        Assert.Equal(FindingCodes.DuplicateKey, Assert.Single(Problems(Running with { DuplicateKey = "seen" })).Code);
        NodeFacts alone = Running with { Members = [Running.Members[0]], Contacts = [] };
        Assert.Equal(FindingCodes.MdnsBlocked, Assert.Single(Problems(alone with { MdnsProblem = "no multicast" })).Code);
        Assert.Equal([FindingCodes.MdnsBlocked], Notes(Running with { MdnsProblem = "no multicast" }));
        Assert.Equal(FindingCodes.RestartNeeded, Assert.Single(Problems(Running with { MeshId = OldLab.Id.ToString() })).Code);
        Assert.Equal([FindingCodes.LoopbackOnly], Notes(Running with { Listen = ["127.0.0.1:7601"] }));
        Assert.Equal([FindingCodes.LocalHealth], Notes(Running with { LocalHealth = 2 }));
        Assert.Equal(["low_memory"], Notes(Running with { Warnings = [("low_memory", "t")] }));
        Assert.Equal([FindingCodes.NoPeers], Notes(alone));
        Assert.Equal([FindingCodes.WeakTls], Notes(Running with
        {
            Members = [Running.Members[0], Running.Members[1] with { Tls = "1.2" }],
        }));
    }

    [Fact]
    public void Of_ThisMachineAlone_IsJudgedWithoutANode()
    {
        DoctorFacts nobody = Facts(node: null);
        Assert.Equal([(FindingCodes.NotRunning, false)], DoctorFindings.Of(nobody).Select(f => (f.Code, f.IsProblem)));
        LocalFacts local = nobody.Local! with
        {
            FolderProblems = [(ErrorCodes.DataFolderFormat, "newer")],
            ExposedFiles = ["/data/node.key"],
            TakenPorts = [7601],
            Interfaces = [Machine.Interfaces[0]],
        };
        Assert.Equal(
            [
                (ErrorCodes.DataFolderFormat, true), (ErrorCodes.KeyExposed, true), (FindingCodes.NoNetwork, true),
                (FindingCodes.NotRunning, false), (ErrorCodes.PortInUse, false),
            ],
            DoctorFindings.Of(nobody with { Local = local }).Select(f => (f.Code, f.IsProblem)));
        Assert.Equal([ErrorCodes.PeerUnreachable], DoctorFindings.Of(nobody with { Local = Machine }).Select(f => f.Code));
    }

    [Fact]
    public void Of_AddressAskedAbout_IsAFindingUnlessItLinksOrOnlyTheTrysKeyIsUnknown()
    {
        Assert.Equal(FindingCodes.NothingListens, Assert.Single(
            DoctorFindings.Of(Facts(Running, Probe(LinkProbeOutcome.NothingListens) with { Address = AddressOf("h:1") }))).Code);
        Assert.Empty(DoctorFindings.Of(Facts(Running, Probe(LinkProbeOutcome.Linked))));
        LinkProbeResult list = Probe(LinkProbeOutcome.Refused) with { Address = AddressOf("h:1"), Code = ErrorCodes.NotAllowed };
        Assert.Empty(DoctorFindings.Of(Facts(Running, list)));
        Assert.Single(DoctorFindings.Of(Facts(Running, list with { WithOwnKey = true })));
    }

    [Theory]
    [InlineData("192.168.1.5", 24, "192.168.1.200", true)]
    [InlineData("192.168.1.5", 24, "192.168.2.200", false)]
    [InlineData("10.1.2.3", 12, "10.14.0.1", true)]
    [InlineData("10.1.2.3", 12, "10.16.0.1", false)]
    [InlineData("10.1.2.3", 32, "10.1.2.3", true)]
    [InlineData("10.1.2.3", 0, "198.51.100.1", true)]
    [InlineData("10.1.2.3", 8, "::ffff:10.9.9.9", true)]
    [InlineData("2001:db8::1", 64, "2001:db8::ffff", true)]
    [InlineData("2001:db8::1", 64, "10.1.2.3", false)]
    public void Holds_Address_IsOnTheSubnetOrNot(string own, int prefix, string other, bool holds) =>
        Assert.Equal(holds, new OwnInterface("eth0", IPAddress.Parse(own), prefix).Holds(IPAddress.Parse(other)));

    private static MeshSecret MeshOf(string name) => name switch
    {
        "lab" => Lab,
        "old lab" => OldLab,
        "home" => Home,
        "open" => MeshSecret.Open,
        "local" => MeshSecret.Local,
        _ => MeshSecret.FromBytes("other", [.. Enumerable.Repeat((byte)7, 32)]),
    };

    private static ContactFact Contact(string address, string code, string? text = null) =>
        new() { Address = address, Source = "seed", Code = code, Text = text, Failures = 1 };

    private static NodeFacts WithContact(ContactFact contact) =>
        Running with { Members = [Running.Members[0]], Contacts = [contact] };

    private static LinkProbeResult Probe(LinkProbeOutcome outcome) => new()
    {
        Address = AddressOf(At),
        Outcome = outcome,
        Resolved = ["192.168.1.7"],
        Code = outcome == LinkProbeOutcome.Linked ? null : ErrorCodes.PeerUnreachable,
        WithOwnKey = false,
    };

    private static MemberFact[] WithOffset(double milliseconds) =>
        [Running.Members[0], Running.Members[1] with { ClockOffsetMs = milliseconds }];

    private static PeerAddress AddressOf(string text) =>
        PeerAddress.TryParse(text, out PeerAddress address) ? address : throw new ArgumentException(text);

    private static NodeId IdOf(string text) => NodeId.TryParse(text, out NodeId id) ? id : throw new ArgumentException(text);

    private static Finding[] Problems(NodeFacts node, params LinkProbeResult[] probes) => Problems(Facts(node, probes));

    private static Finding[] Problems(DoctorFacts facts) => [.. DoctorFindings.Of(facts).Where(f => f.IsProblem)];

    private static string[] Notes(NodeFacts node)
    {
        IReadOnlyList<Finding> found = DoctorFindings.Of(Facts(node));
        Assert.DoesNotContain(found, f => f.IsProblem);
        return [.. found.Select(f => f.Code)];
    }

    private static DoctorFacts Facts(NodeFacts? node, params LinkProbeResult[] probes) => new()
    {
        Local = node is null ? Machine with { RunningProcess = null } : Machine,
        Node = node,
        Mesh = node?.Mesh ?? "lab",
        MeshId = node is not null && MeshId.TryParse(node.MeshId, out MeshId id) ? id : Lab.Id,
        Probes = probes,
    };
}
