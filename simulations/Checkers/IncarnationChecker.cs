using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Checkers;

/// <summary>
/// Incarnations are told once: a node signs two different records under one incarnation only where its disk forgot, and after a restart
/// it begins above everything that it ever said. And nobody holds an incarnation that its node did not sign.
/// </summary>
internal sealed class IncarnationChecker : IRunObserver, ITransitionListener
{
    private readonly Simulation _simulation;
    private readonly Findings _findings;
    private readonly Dictionary<NodeId, Signer> _signers = [];

    /// <summary>Watches a run whose machines are all there.</summary>
    public IncarnationChecker(Simulation simulation, Findings findings)
    {
        (_simulation, _findings) = (simulation, findings);
        simulation.Watch(this);
        foreach (Machine machine in simulation.Machines)
        {
            _signers[machine.Id] = new Signer(machine);
            machine.Key.Signed = OnSigned;
        }
    }

    private static ReadOnlySpan<byte> Purpose => "tore member"u8;

    /// <inheritdoc/>
    public void OnStarted(Machine machine)
    {
        Signer signer = _signers[machine.Id];
        if (machine.Disk.Losses != signer.Losses)
        {
            // The disk forgot: the node may repeat itself until it hears of itself, and has kept what it heard.
            signer.Losses = machine.Disk.Losses;
            signer.Forgotten = signer.Highest;
        }
        signer.Floor = signer.Forgotten > 0 ? 0 : signer.Highest;
        signer.SignedNow.Clear();
    }

    /// <inheritdoc/>
    public void OnTransition(in Transition transition)
    {
        if (transition.After is { } held && _signers.TryGetValue(transition.Node, out Signer? signer) && held.Incarnation > signer.Highest)
        {
            Report(transition.Observer.Index, string.Create(CultureInfo.InvariantCulture,
                $"holds incarnation {held.Incarnation} of machine {signer.Machine.Index}, which signed none above {signer.Highest}"));
        }
    }

    private void OnSigned(NodeId node, byte[] data)
    {
        if (!data.AsSpan().StartsWith(Purpose) || !_signers.TryGetValue(node, out Signer? signer))
        {
            return;
        }
        byte[] body = data[(Purpose.Length + MeshId.Size)..];
        MemberRecord record = MemberRecord.FromBody(body, default);
        ulong hash = Harness.Mixing.Mix(0, body);
        // A farewell is the last word of the incarnation that leaves, and the only second one.
        (ulong, bool) word = (record.Incarnation, record.Leaves);
        if (signer.SignedNow.TryGetValue(word, out ulong before) && before != hash)
        {
            Report(signer.Machine.Index, $"signed two different records of incarnation {record.Incarnation} in one life");
        }
        else if (record.Incarnation <= signer.Floor && !signer.SignedNow.ContainsKey(word))
        {
            Report(signer.Machine.Index, $"uses incarnation {record.Incarnation} anew, after {signer.Floor} and a restart with its disk");
        }
        signer.SignedNow[word] = hash;
        signer.Highest = Math.Max(signer.Highest, record.Incarnation);
        signer.Forgotten = record.Incarnation > signer.Forgotten ? 0 : signer.Forgotten;
    }

    private void Report(int machine, string text) => _findings.Add("incarnations", _simulation.Now, machine, text);

    private sealed class Signer(Machine machine)
    {
        public Machine Machine => machine;

        public ulong Highest { get; set; }

        public ulong Floor { get; set; }

        public int Losses { get; set; }

        /// <summary>The highest that it ever used when its disk forgot; 0 when it knows again.</summary>
        public ulong Forgotten { get; set; }

        public Dictionary<(ulong Incarnation, bool Leaves), ulong> SignedNow { get; } = [];
    }
}
