using System.CommandLine;
using System.Security.Authentication;
using Tore.Mesh.Host.Hosting;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>The options of <c>tore up</c>.</summary>
internal sealed class UpOptions
{
    public Option<string?> Model { get; } = CliOptions.Text(
        "--model", "A model to serve: a GGUF file, or 'stories'. Without one the node only takes requests for what others serve.",
            "FILE|ID");

    public Option<string?> Layers { get; } = CliOptions.Text("--layers", "The only layers of it that this node opens.", "A-B");

    public Option<string?> Data { get; } = CliOptions.Text("--data", "Data folder (default the user's own).", "DIR");

    public Option<string?> Listen { get; } = CliOptions.Text(
        "--listen", "Where peers dial (default 127.0.0.1:7601, or the next free port).", "ADDR:PORT");

    public Option<string?> Http { get; } = CliOptions.Text(
        "--http", "Where HTTP is served (default 127.0.0.1:7600, or the next free port).", "ADDR:PORT");

    public Option<string[]> Seed { get; } = CliOptions.Texts("--seed", "A node to dial at start; may be given again.", "HOST:PORT");

    public Option<string?> Mesh { get; } = CliOptions.Text(
        "--mesh", "Join the private mesh of this name, which 'tore mesh new' made or an invite brought.", "NAME");

    public Option<string?> Join { get; } = CliOptions.Text(
        "--join", "Keep an invite and join its private mesh. '-' reads it from standard input, '@FILE' from a file, so that its secret "
            + "does not stand in the list of processes.", "INVITE|-|@FILE");

    public Option<bool> Open { get; } = CliOptions.Flag(
        "--open", "Join the open mesh, which has no secret, for trusted networks only. Off loopback this, --mesh or --join is needed.");

    public Option<string[]> Allow { get; } = CliOptions.Texts(
        "--allow", "Take only this node (and others that are allowed) for a peer; may be given again. See 'tore mesh allow'.", "ID");

    public Option<string[]> Ban { get; } = CliOptions.Texts(
        "--ban", "Never take this node for a peer; may be given again. See 'tore mesh ban'.", "ID");

    public Option<string?> ApiKeyFile { get; } = CliOptions.Text(
        "--api-key-file", "File with the key that every HTTP request must bear; needed off loopback.", "F");

    public Option<string?> HttpsCert { get; } = CliOptions.Text(
        "--https-cert", "Certificate (PEM) for HTTPS; off loopback the node's own is the default.", "F");

    public Option<string?> HttpsKey { get; } = CliOptions.Text("--https-key", "Its key (PEM).", "F");

    public Option<bool> HttpPlain { get; } = CliOptions.Flag("--http-plain", "Serve clear text off loopback, behind a proxy of your own.");

    public Option<string?> TlsMin { get; } = CliOptions.Choice("--tls-min", "Oldest TLS between nodes (default 1.2).", "1.2", "1.3");

    public Option<bool> NoMdns { get; } = CliOptions.Flag("--no-mdns", "Neither find nor be found by mDNS.");

    public Option<string?> Preset { get; } = CliOptions.Choice(
        "--preset", "How patient it is with its peers (default local in the mesh 'local', else lan).", "local", "lan", "wan");

    public Option<int?> Threads { get; } = CliOptions.Int("--threads", "Engine threads (default one a physical core).", 1, 1024);

    public Option<int?> Slots { get; } = CliOptions.Int(
        "--slots", "Requests that each stage here runs at once (default 4).", 1, Limits.StageSlots);

    public Option<int?> Context { get; } = CliOptions.Int(
        "--context", "Positions of a request (default the model's own, at most 4096).", 1);

    public Option<long?> Memory { get; } = CliOptions.Bytes(
        "--memory", "Most memory for weights, KV and scratch (default 75 % of what is granted).");

    public Option<string?> Template { get; } = CliOptions.Text(
        "--template", "Chat template family that overrides the file's own.", "FAMILY");

    public Option<bool> ParseSpecial { get; } = CliOptions.Flag(
        "--parse-special", "Read special tokens in callers' texts as such. Only for callers that you trust.");

    public Option<string?> LogLevel { get; } = CliOptions.Choice(
        "--log-level", "How much is told on standard error (default info).", NodeLogging.Levels);

    public Option<string?> LogFormat { get; } = CliOptions.Choice("--log-format", "How it is told (default text).", "text", "json");

    public Option<bool> ParentPipe { get; } = CliOptions.Flag(
        "--parent-pipe", "End when standard input closes: for programs that start nodes.");

    public Option<bool> ThrowAway { get; } = CliOptions.Flag("--throw-away", "Remove the data folder at the end; needs --data.");

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All =>
    [
        Model, Layers, Data, Listen, Http, Seed, Mesh, Join, Open, Allow, Ban, ApiKeyFile, HttpsCert, HttpsKey, HttpPlain, TlsMin,
            NoMdns, Preset, Threads, Slots, Context, Memory, Template, ParseSpecial, LogLevel, LogFormat, ParentPipe, ThrowAway,
    ];

    /// <summary>What the command line asks for; an invite may come through standard input.</summary>
    public NodeHostOptions Read(ParseResult parsed, Stream input) => new()
    {
        Node = new MeshNodeOptions
        {
            DataFolder = parsed.GetValue(Data),
            Models = parsed.GetValue(Model) is string model
                ? [new ModelSource(ModelFiles.Find(model)) { Layers = ReadLayers(parsed.GetValue(Layers)) }] : [],
            Listen = ListenAddress.Read("--listen", parsed.GetValue(Listen)),
            Seeds = parsed.GetValue(Seed) ?? [],
            Mesh = parsed.GetValue(Mesh),
            Invite = parsed.GetValue(Join) is string invite ? InviteSource.Read("--join", invite, input) : null,
            Open = parsed.GetValue(Open),
            Allow = NodeIds.Read("--allow", parsed.GetValue(Allow) ?? []),
            Ban = NodeIds.Read("--ban", parsed.GetValue(Ban) ?? []),
            TlsMin = parsed.GetValue(TlsMin) == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12,
            Mdns = !parsed.GetValue(NoMdns),
            Preset = parsed.GetValue(Preset) is string preset ? Enum.Parse<MembershipPreset>(preset, ignoreCase: true) : null,
            Threads = parsed.GetValue(Threads),
            Slots = parsed.GetValue(Slots) ?? 4,
            ContextLength = parsed.GetValue(Context),
            MemoryBytes = parsed.GetValue(Memory),
            TemplateFamily = parsed.GetValue(Template),
        },
        Http = new HttpOptions
        {
            Endpoint = ListenAddress.Read("--http", parsed.GetValue(Http)),
            ApiKey = parsed.GetValue(ApiKeyFile) is string key ? Cli.ApiKeyFile.Read(key) : null,
            Certificate = parsed.GetValue(HttpsCert) is string certificate
                ? HttpCertificates.Load(certificate, parsed.GetValue(HttpsKey)!) : null,
            Plain = parsed.GetValue(HttpPlain),
        },
        ParseSpecial = parsed.GetValue(ParseSpecial),
        ThrowAway = parsed.GetValue(ThrowAway),
    };

    private static LayerRange? ReadLayers(string? text) => text is null ? null : LayerRange.TryParse(text, out LayerRange range)
        ? range
        : throw new ToreException(ErrorCodes.InvalidRequest, $"--layers '{text}' is no range: write it like 0-11.");
}
