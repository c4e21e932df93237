using System.CommandLine;
using System.Net;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Host.Hosting;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore up</c>: a node of the mesh, until it is told to leave.</summary>
internal static class UpCommand
{
    public static Command Build(CliConsole console)
    {
        var options = new UpOptions();
        var command = new ToreCommand(
            "up", "Run a node: find peers, serve layers of models, answer over HTTP. A bare 'tore up' stays on this machine.",
            "tore up --model model.gguf", "tore up --model model.gguf --layers 0-11 --seed 127.0.0.1:7601",
            "tore up --mesh lab --model model.gguf --listen 0.0.0.0:7601", "tore up --join @invite.txt --listen 0.0.0.0:7601",
            "tore up --model model.gguf --open --listen 0.0.0.0:7601 --http 0.0.0.0:7600 --api-key-file key.txt");
        foreach (Option option in options.All)
        {
            command.Options.Add(option);
        }
        command.Validators.Add(result =>
        {
            if (result.GetValue(options.Layers) is not null && result.GetValue(options.Model) is null)
            {
                result.AddError("--layers needs --model.");
            }
            if (new[] { result.GetValue(options.Mesh), result.GetValue(options.Join) }.Count(o => o is not null)
                + (result.GetValue(options.Open) ? 1 : 0) > 1)
            {
                result.AddError("A node joins one mesh: give one of --mesh, --join and --open.");
            }
            if (result.GetValue(options.ThrowAway) && result.GetValue(options.Data) is null)
            {
                result.AddError("--throw-away needs --data.");
            }
            if (result.GetValue(options.HttpsCert) is null != result.GetValue(options.HttpsKey) is null)
            {
                result.AddError("--https-cert and --https-key belong together.");
            }
        });
        command.Run(console, async (parsed, cancellation) =>
        {
            using ILoggerFactory logs = NodeLogging.Create(
                parsed.GetValue(options.LogLevel) ?? "info", parsed.GetValue(options.LogFormat) == "json");
            NodeHostOptions asked = options.Read(parsed, console.Input);
            asked.Http.ThrowIfInvalid();
            await using NodeHost host = await NodeHost.StartAsync(asked, logs, cancellation);
            WriteReadyLine(console, host, asked);
            await WaitAsync(console, parsed.GetValue(options.ParentPipe), host, cancellation);
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>Serves until a signal, or until the parent is gone; then drains. A second signal ends the process at once.</summary>
    private static async Task WaitAsync(CliConsole console, bool parentPipe, NodeHost host, CancellationToken cancellation)
    {
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellation.Register(() => signalled.TrySetResult());
        Task orphaned = parentPipe ? ParentPipe.WaitForEndAsync(console.Input) : new TaskCompletionSource().Task;
        if (await Task.WhenAny(signalled.Task, orphaned) == orphaned)
        {
            // Nobody is left to wait for an answer.
            return;
        }
        await Task.WhenAny(host.DrainAsync(CancellationToken.None), orphaned);
    }

    private static void WriteReadyLine(CliConsole console, NodeHost host, NodeHostOptions asked)
    {
        NodeStatus status = host.Node.Status;
        bool exposed = asked.Http.Endpoint is IPEndPoint endpoint && !IPAddress.IsLoopback(endpoint.Address);
        string? fingerprint = host.HttpCertificate is { } certificate ? HttpCertificates.Fingerprint(certificate) : null;
        if (console.JsonMode)
        {
            console.WriteJson(new JsonObject
            {
                ["node_id"] = status.NodeId.ToString(),
                ["listen"] = CliJson.Array(status.Listen),
                ["http"] = host.Url,
                ["mesh"] = status.Mesh,
                ["mesh_id"] = status.MeshFingerprint,
                ["mesh_kind"] = MeshKind.Of(status),
                ["isa"] = status.Isa,
                ["http_plain"] = exposed && fingerprint is null,
                ["https_fingerprint"] = fingerprint,
                ["pid"] = Environment.ProcessId,
                ["version"] = status.Version,
                ["warnings"] = new JsonArray([.. status.Warnings.Select(w => new JsonObject { ["code"] = w.Code, ["text"] = w.Text })]),
            });
            return;
        }
        string http = fingerprint is not null ? $"{host.Url} (certificate {fingerprint})" : exposed ? $"{host.Url} (clear text)" : host.Url;
        console.Out.WriteLine($"tore node {status.NodeId} ready: peers at {string.Join(' ', status.Listen)}, http at {http}, "
            + MeshKind.Describe(status));
        console.Out.Flush();
    }
}
