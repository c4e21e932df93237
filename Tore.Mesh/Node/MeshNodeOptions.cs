using System.Net;
using System.Security.Authentication;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>
/// What a node is asked to be. Immutable; <see cref="Problems"/> lists every mistake at once.
/// The defaults are those of a bare <c>tore up</c>: this machine's mesh <c>local</c>, loopback only.
/// </summary>
public sealed record MeshNodeOptions
{
    /// <summary>The port that peers dial when none is asked for; the next free one when it is taken.</summary>
    public const int DefaultPort = 7601;

    /// <summary>How many ports after <see cref="DefaultPort"/> are tried.</summary>
    public const int PortsTried = 64;

    /// <summary>The data folder; null takes the platform's own (<c>--data</c>).</summary>
    public string? DataFolder { get; init; }

    /// <summary>The models served; none makes an entry node for what others serve (<c>--model</c>).</summary>
    public IReadOnlyList<ModelSource> Models { get; init; } = [];

    /// <summary>
    /// Where peers dial (<c>--listen</c>); null takes 127.0.0.1 and <see cref="DefaultPort"/> or the next free one.
    /// Port 0 lets the system choose.
    /// </summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Nodes to dial at start, <c>host:port</c> or <c>[v6]:port</c> (<c>--seed</c>).</summary>
    public IReadOnlyList<string> Seeds { get; init; } = [];

    /// <summary>
    /// Join the open mesh, which has no secret, instead of this machine's <c>local</c> (<c>--open</c>). Anything off loopback needs
    /// this, <see cref="Mesh"/> or <see cref="Invite"/>: one of them.
    /// </summary>
    public bool Open { get; init; }

    /// <summary>Join the private mesh of this name, whose secret the data folder keeps (<c>--mesh</c>).</summary>
    public string? Mesh { get; init; }

    /// <summary>Keep this invite in the data folder, and join its mesh (<c>--join</c>).</summary>
    public Invite? Invite { get; init; }

    /// <summary>Nodes that alone are admitted, together with those of the data folder; none admits everybody (<c>--allow</c>).</summary>
    public IReadOnlyList<NodeId> Allow { get; init; } = [];

    /// <summary>Nodes that are refused, together with those of the data folder (<c>--ban</c>).</summary>
    public IReadOnlyList<NodeId> Ban { get; init; } = [];

    /// <summary>Oldest TLS taken: 1.2 (only with ECDHE-ECDSA and AES-GCM) or 1.3 (<c>--tls-min</c>).</summary>
    public SslProtocols TlsMin { get; init; } = SslProtocols.Tls12;

    /// <summary>Find and be found by mDNS on the interfaces listened on (off with <c>--no-mdns</c>).</summary>
    public bool Mdns { get; init; } = true;

    /// <summary>
    /// How patient this node is with its peers; null takes <see cref="MembershipPreset.Local"/> in the mesh <c>local</c> and
    /// <see cref="MembershipPreset.Lan"/> elsewhere (<c>--preset</c>).
    /// </summary>
    public MembershipPreset? Preset { get; init; }

    /// <summary>Engine threads; null takes one a core (<c>--threads</c>).</summary>
    public int? Threads { get; init; }

    /// <summary>Sequences that each stage here runs at once (<c>--slots</c>).</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Positions of one sequence; null takes the model's own, at most 4096 (<c>--context</c>).</summary>
    public int? ContextLength { get; init; }

    /// <summary>
    /// Bytes for weights, KV and scratch together; null takes three quarters of what the machine or container grants
    /// (<c>--memory</c>).
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Chat template family that overrides the file's own (<c>--template</c>).</summary>
    public string? TemplateFamily { get; init; }

    /// <summary>Every mistake, most important first; empty when the options can be used.</summary>
    public IReadOnlyList<OptionProblem> Problems()
    {
        var problems = new List<OptionProblem>();
        CheckMesh(problems);
        if (IsLocal && Listen is not null && !IPAddress.IsLoopback(Listen.Address))
        {
            problems.Add(new(ErrorCodes.NotLoopback,
                $"--listen {Listen} can be reached from other machines, and a node that joins no mesh by name stays on this one. "
                + $"{Choices} Or listen on 127.0.0.1 or [::1]."));
        }
        foreach (string seed in Seeds)
        {
            CheckSeed(seed, problems);
        }
        Check(problems, Slots is >= 1 and <= Limits.StageSlots, $"--slots must be 1 to {Limits.StageSlots}; it is {Slots}.");
        Check(problems, Threads is null or (>= 1 and <= 1024), $"--threads must be 1 to 1024; it is {Threads}.");
        Check(problems, ContextLength is null or >= 1, $"--context must be at least 1; it is {ContextLength}.");
        Check(problems, MemoryBytes is null or >= 1, $"--memory must be at least 1 byte; it is {MemoryBytes}.");
        Check(problems, TlsMin is SslProtocols.Tls12 or SslProtocols.Tls13, $"--tls-min must be 1.2 or 1.3; it is {TlsMin}.");
        Check(problems, Models.Count <= Limits.NodeModels,
            $"One node serves at most {Limits.NodeModels} models; {Models.Count} are given.");
        foreach (ModelSource model in Models.Where(m => string.IsNullOrWhiteSpace(m.Path)))
        {
            problems.Add(new(ErrorCodes.InvalidRequest, "--model needs a file or a model id."));
        }
        return problems;
    }

    /// <summary>Throws one error that tells every problem; its code is the first one's.</summary>
    public void ThrowIfInvalid()
    {
        IReadOnlyList<OptionProblem> problems = Problems();
        if (problems.Count > 0)
        {
            throw new ToreException(problems[0].Code, string.Join(Environment.NewLine, problems.Select(p => p.Message)));
        }
    }

    /// <summary>Whether this asks for nothing but this machine's own mesh.</summary>
    private bool IsLocal => !Open && Mesh is null && Invite is null;

    private const string Choices = "Say which mesh it is for: --mesh NAME (a private one; 'tore mesh new NAME' makes it), --join INVITE "
        + "(of a member's 'tore invite'), or --open (any node that can reach it may join: for trusted networks only).";

    private void CheckMesh(List<OptionProblem> problems)
    {
        Check(problems, (Open ? 1 : 0) + (Mesh is null ? 0 : 1) + (Invite is null ? 0 : 1) <= 1,
            "A node joins one mesh: give one of --mesh, --join and --open.");
        if (Mesh is not null && MeshName.ProblemOf(Mesh) is { } problem)
        {
            problems.Add(new(ErrorCodes.InvalidRequest, $"--mesh: {problem}"));
        }
        foreach (NodeId node in Allow.Intersect(Ban))
        {
            problems.Add(new(ErrorCodes.InvalidRequest, $"Node {node} is both in --allow and in --ban: leave one out."));
        }
    }

    private void CheckSeed(string seed, List<OptionProblem> problems)
    {
        if (!PeerAddress.TryParse(seed, out PeerAddress address))
        {
            problems.Add(new(ErrorCodes.InvalidRequest, $"--seed '{seed}' is not host:port or [v6]:port."));
        }
        else if (IsLocal && !address.IsLoopback)
        {
            problems.Add(new(ErrorCodes.NotLoopback,
                $"--seed {seed} is not on this machine, and a node that joins no mesh by name stays on this one. "
                + $"{Choices} Both nodes must join the same. Or give a seed on 127.0.0.1, [::1] or localhost."));
        }
    }

    private static void Check(List<OptionProblem> problems, bool holds, string message)
    {
        if (!holds)
        {
            problems.Add(new(ErrorCodes.InvalidRequest, message));
        }
    }
}
