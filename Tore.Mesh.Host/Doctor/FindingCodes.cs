namespace Tore.Mesh.Host.Doctor;

/// <summary>Findings that are no errors of anything else. Never renamed or reused; <c>docs/cli.md</c> explains them.</summary>
internal static class FindingCodes
{
    public const string NotRunning = "not_running";
    public const string NameNotFound = "name_not_found";
    public const string NothingListens = "nothing_listens";
    public const string NoAnswer = "no_answer";
    public const string NoRoute = "no_route";
    public const string OldSecret = "old_secret";
    public const string OpenAndPrivate = "open_and_private";
    public const string ClockSkew = "clock_skew";
    public const string DuplicateKey = "duplicate_key";
    public const string NotReachable = "not_reachable_from_outside";
    public const string LoopbackOnly = "loopback_only";
    public const string NoNetwork = "no_network";
    public const string RestartNeeded = "restart_needed";
    public const string OtherMesh = "other_mesh";
    public const string NoPeers = "no_peers";
    public const string PeerGone = "peer_gone";
    public const string MdnsBlocked = "mdns_blocked";
    public const string WeakTls = "tls_1_2";
    public const string LocalHealth = "local_health";
}
