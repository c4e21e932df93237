using System.Globalization;
using System.Net;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Host.Doctor;

/// <summary>
/// What follows from the facts: why a peer is not there, and what to do. Pure. Problems come first; one finding for each peer and code,
/// that of the address which came furthest.
/// </summary>
internal static class DoctorFindings
{
    /// <summary>Farther apart than this, dates and windows go wrong.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(30);

    /// <summary>Connections that were refused longer ago are history.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(15);

    /// <summary>The findings; empty when all is well.</summary>
    public static IReadOnlyList<Finding> Of(DoctorFacts facts)
    {
        List<Finding> all = [];
        if (facts.Local is { } local)
        {
            all.AddRange(LocalFindings.Of(facts, local));
        }
        if (facts.Node is { } node)
        {
            all.AddRange(OfNode(facts, node));
            all.AddRange(OfClocks(node));
            all.AddRange(OfPeers(facts, node));
            all.AddRange(OfRefused(facts, node));
            all.AddRange(OfStrangers(facts, node));
        }
        else
        {
            all.AddRange(Failed(facts).Select(p => AddressFindings.Of(facts, p, node: null)));
        }
        return [.. all.DistinctBy(f => (f.About, f.Code)).OrderByDescending(f => f.IsProblem)];
    }

    private static IEnumerable<Finding> OfNode(DoctorFacts facts, NodeFacts node)
    {
        if (node.DuplicateKey is { } other)
        {
            yield return new Finding(FindingCodes.DuplicateKey, node.NodeId, "Another process runs with this node's key.", other,
                "A data folder was copied, or restored on a second machine: give one of the two a new folder (--data), and so a new key.");
        }
        foreach ((string code, string text) in node.Warnings)
        {
            yield return new Finding(code, node.NodeId, text, "The node itself says so.", "Do what the text says.", IsProblem: false);
        }
        if (node.LocalHealth > 0)
        {
            yield return new Finding(FindingCodes.LocalHealth, node.NodeId, string.Create(CultureInfo.InvariantCulture,
                $"This node is slow itself (local health {node.LocalHealth}, 0 is well)."),
                "Its timers come late, or its probes are not answered: a busy or sleeping machine, or a bad network.",
                "It waits longer before it calls others dead. Give the machine less to do if this stays.", IsProblem: false);
        }
        if (facts.MeshId != MeshSecret.Local.Id && node.Listen.Count > 0 && node.Listen.All(IsLoopback))
        {
            yield return new Finding(FindingCodes.LoopbackOnly, node.NodeId, $"This node listens on this machine only ({node.Listen[0]}).",
                "It was started without --listen, or with a loopback address.",
                "For nodes on other machines to dial it: --listen 0.0.0.0:7601.", IsProblem: false);
        }
        if (node.MdnsProblem is { } problem)
        {
            yield return new Finding(FindingCodes.MdnsBlocked, node.NodeId, "Nodes are not found by mDNS.", problem,
                "Allow UDP port 5353 (multicast 224.0.0.251, ff02::fb) on this network, or name nodes: --seed HOST:PORT, or an invite.",
                IsProblem: !node.Members.Any(m => m is { IsSelf: false, IsLiving: true }));
        }
        if (!node.Members.Any(m => m is { IsSelf: false, IsLiving: true }) && !node.Contacts.Any(c => c.Code is not null))
        {
            yield return new Finding(FindingCodes.NoPeers, node.NodeId, "Nobody else is in the mesh.",
                node.Mdns == false ? "mDNS is off (--no-mdns), and no seed leads to anybody." : "No node of this mesh has been found.",
                facts.MeshId == MeshSecret.Local.Id
                    ? "Others on this machine: tore up. Other machines: tore invite NAME makes a mesh with them."
                    : "Start other nodes of it: tore invite here, tore up --join INVITE there.", IsProblem: false);
        }
    }

    private static IEnumerable<Finding> OfClocks(NodeFacts node)
    {
        double own = node.ClockOffsetMs ?? 0;
        if (Math.Abs(own) > MostSkew.TotalMilliseconds)
        {
            yield return new Finding(FindingCodes.ClockSkew, node.NodeId,
                $"This machine's clock is {Seconds(own)} {(own > 0 ? "behind" : "ahead of")} the other members' median.",
                "It is not set by a time service, or that service is wrong.", "Set it, best by a time service (NTP).");
        }
        foreach (MemberFact member in node.Members.Where(m => m is { IsSelf: false, IsLiving: true, ClockOffsetMs: not null }))
        {
            double offset = member.ClockOffsetMs!.Value - own;
            if (Math.Abs(offset) > MostSkew.TotalMilliseconds)
            {
                yield return new Finding(FindingCodes.ClockSkew, member.NodeId,
                    $"The clock of node {member.NodeId} is {Seconds(offset)} {(offset > 0 ? "ahead of" : "behind")} the members' median.",
                    "It is not set by a time service, or that service is wrong.", "Set it there, best by a time service (NTP).");
            }
        }
        foreach (MemberFact member in node.Members.Where(m => m is { IsLiving: true, Tls: "1.2" }))
        {
            yield return new Finding(FindingCodes.WeakTls, member.NodeId, $"The link with node {member.NodeId} uses TLS 1.2.",
                "One of the two platforms has no TLS 1.3.", "It is safe as configured; --tls-min 1.3 would refuse it.", IsProblem: false);
        }
    }

    /// <summary>Members that are gone, and addresses that lead nowhere.</summary>
    private static IEnumerable<Finding> OfPeers(DoctorFacts facts, NodeFacts node)
    {
        var members = node.Members.ToDictionary(m => m.NodeId);
        foreach (IGrouping<string, ContactFact> peer in node.Contacts.GroupBy(c => c.NodeId ?? c.Address))
        {
            ContactFact[] failing = [.. peer.Where(c => c.Code is not null)];
            MemberFact? member = members.GetValueOrDefault(peer.Key);
            if (failing.Length == 0 || member is { State: "left" } or { IsSelf: true })
            {
                continue;
            }
            if (peer.Any(c => c.IsLinked) || member is { IsLiving: true, LinkAddress: not null })
            {
                if (failing.Length == peer.Count() && failing.All(c => c.Code == ErrorCodes.PeerUnreachable))
                {
                    yield return Unreachable(peer.Key, member, failing);
                }
                continue;
            }
            Finding reason = Best(facts, failing);
            yield return member is { State: "dead" } ? Gone(member, reason) : reason;
        }
        foreach (LinkProbeResult probe in Failed(facts).Where(p => !node.Contacts.Any(c => c.Address == p.Address.ToString())))
        {
            yield return AddressFindings.Of(facts, probe, node: null);
        }
        foreach (MemberFact member in node.Members.Where(m => m is { State: "dead", IsSelf: false }
            && !node.Contacts.Any(c => c.NodeId == m.NodeId && c.Code is not null)))
        {
            yield return Gone(member, reason: null);
        }
    }

    /// <summary>What says most of several addresses of one peer: a fresh dial before a remembered one, and what came furthest.</summary>
    private static Finding Best(DoctorFacts facts, ContactFact[] failing)
    {
        LinkProbeResult? probe = Failed(facts).Where(p => failing.Any(c => c.Address == p.Address.ToString())).MaxBy(p => p.Outcome);
        ContactFact told = failing.FirstOrDefault(c => c.Code != ErrorCodes.PeerUnreachable) ?? failing[0];
        return probe is null || (probe.Outcome < LinkProbeOutcome.Refused && told.Code != ErrorCodes.PeerUnreachable)
            ? AddressFindings.Of(facts, told)
            : AddressFindings.Of(facts, probe, told.NodeId);
    }

    private static Finding Gone(MemberFact member, Finding? reason) => new(
        reason?.Code ?? FindingCodes.PeerGone, member.NodeId,
        $"Node {member.NodeId} is dead{(member.Since is { } since ? string.Create(CultureInfo.InvariantCulture,
            $" since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : "")}{(reason is null ? "." : $": {reason.What}")}",
        reason?.Why ?? "It stopped answering: it crashed, was killed or suspended, or its machine or network is down.",
        reason?.Do ?? "Look at that machine, and start the node again: it comes back by itself.");

    private static Finding Unreachable(string node, MemberFact? member, ContactFact[] failing) => new(
        FindingCodes.NotReachable, node,
        $"Node {node} is linked, but cannot be dialled: it came to us (from {member?.LinkAddress ?? "elsewhere"}), and "
            + $"{failing[0].Address} leads nowhere.",
        "It is not reachable from outside: behind a router or firewall, or it listens on loopback only.",
        "It works with nodes that it can dial itself; two such nodes never link. Forward its port, allow it in the firewall, or start it "
            + "with --listen on an address that others reach.", IsProblem: false);

    private static IEnumerable<Finding> OfRefused(DoctorFacts facts, NodeFacts node)
    {
        foreach (RefusedFact refused in node.Refused)
        {
            bool isHere = node.Members.Any(m => m.NodeId == refused.NodeId && m is { IsLiving: true, LinkAddress: not null });
            bool isOver = facts.Local is { } local && refused.LastAt is { } last && local.Now - last > Lately;
            if (isHere || isOver)
            {
                continue;
            }
            string about = refused.NodeId ?? refused.Address;
            Finding finding = LinkRefusals.Explain(
                facts, about, refused.NodeId is null ? $"A program at {refused.Address}" : $"Node {refused.NodeId} at {refused.Address}",
                refused.Code, refused.Text, MeshMismatch.PeerMeshIn(refused.Text));
            // Refused on purpose, or nothing of ours: worth knowing, and no fault.
            bool asWanted = refused.Code is ErrorCodes.Banned or ErrorCodes.NotAllowed or ErrorCodes.TooManyLinks
                or ErrorCodes.HandshakeFailed or ErrorCodes.HandshakeTimeout or ErrorCodes.WireMalformed or ErrorCodes.PeerCertificate
                or ErrorCodes.Draining;
            yield return finding with
            {
                What = string.Create(CultureInfo.InvariantCulture, $"{finding.What} It tried to link {refused.Count} times."),
                IsProblem = finding.IsProblem && !asWanted,
            };
        }
    }

    private static IEnumerable<Finding> OfStrangers(DoctorFacts facts, NodeFacts node)
    {
        foreach (StrangerFact stranger in node.Strangers)
        {
            string who = $"Node {stranger.NodeId}{(stranger.Addresses.Count > 0 ? " at " + stranger.Addresses[0] : "")}, seen by mDNS,";
            if (stranger.MeshId != node.MeshId)
            {
                Finding finding = MeshDifference.Explain(
                    facts, stranger.NodeId, who, MeshId.TryParse(stranger.MeshId, out MeshId id) ? id : null);
                // On a network that is shared, others' meshes are nobody's fault; a member that was left behind is.
                yield return finding.Code == FindingCodes.OldSecret ? finding
                    : finding with { Code = FindingCodes.OtherMesh, IsProblem = false };
            }
            else if (stranger.WireVersion < node.WireLowest)
            {
                yield return LinkRefusals.Explain(facts, stranger.NodeId, who, ErrorCodes.WireVersion, string.Create(
                    CultureInfo.InvariantCulture,
                    $"It speaks wire version {stranger.WireVersion}, this node {node.WireLowest} to {node.WireHighest}."), peerMesh: null);
            }
        }
    }

    private static IEnumerable<LinkProbeResult> Failed(DoctorFacts facts) =>
        facts.Probes.Where(p => p.Outcome != LinkProbeOutcome.Linked && !IsForTheProbeAlone(p));

    /// <summary>An allow list cannot know a key that was made for the try: key, mesh and versions were good.</summary>
    private static bool IsForTheProbeAlone(LinkProbeResult probe) => probe is { Code: ErrorCodes.NotAllowed, WithOwnKey: false };

    private static bool IsLoopback(string address) => PeerAddress.TryParse(address, out PeerAddress parsed) && parsed.IsLoopback;

    private static string Seconds(double milliseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(milliseconds) / 1000:0} s");
}
