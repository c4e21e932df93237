using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tore.Mesh.Node;

namespace Tore.Mesh.Host.Api;

/// <summary><c>/metrics</c> in Prometheus' text format 0.0.4.</summary>
internal static class MetricsRoutes
{
    public const string Path = "/metrics";

    public static void Map(IEndpointRouteBuilder routes, ApiContext api) => routes.MapGet(Path, (HttpContext http) =>
    {
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return http.Response.WriteAsync(Render(api.Metrics, api.Status(), api.Counters?.Invoke()), http.RequestAborted);
    });

    private static string Render(ApiMetrics counted, NodeStatus status, NodeCounters? node)
    {
        var text = new StringBuilder();
        Add(text, "tore_requests_total", "counter", "Generations asked for.", counted.Requests.Value);
        Add(text, "tore_requests_completed_total", "counter", "Generations that ended as asked.", counted.Completed.Value);
        Add(text, "tore_requests_failed_total", "counter", "Generations that ended in an error.", counted.Failed.Value);
        Add(text, "tore_requests_abandoned_total", "counter", "Generations whose client went away.", counted.Abandoned.Value);
        Add(text, "tore_http_clients_cut_off_total", "counter", "Clients cut off because they did not read.", counted.ClientsCutOff.Value);
        Add(text, "tore_http_refused_total", "counter", "Requests refused at the door.", counted.Refused.Value);
        Add(text, "tore_prompt_tokens_total", "counter", "Tokens of prompts.", counted.PromptTokens.Value);
        Add(text, "tore_generated_tokens_total", "counter", "Tokens generated.", counted.GeneratedTokens.Value);
        Add(text, "tore_requests_running", "gauge", "Generations that entered here and run.", status.Running);
        Add(text, "tore_requests_waiting", "gauge", "Generations that wait for a slot.", status.Waiting);
        Add(text, "tore_slots", "gauge", "Sequences that each stage here runs at once.", status.Slots);
        Add(text, "tore_slots_in_use", "gauge", "Sequences that hold KV on stages here.", status.SlotsInUse);
        Add(text, "tore_peers", "gauge", "Linked peers.", status.Peers.Count());
        AddMembers(text, status);
        if (node is not null)
        {
            AddNode(text, node);
        }
        Head(text, "tore_model_ready", "gauge", "Whether every layer of the model is covered.");
        foreach (ModelStatus model in status.Models)
        {
            text.Append(CultureInfo.InvariantCulture, $"tore_model_ready{{model=\"{Escape(model.Listing.Label)}\"}} "
                + $"{(model.Listing.IsReady ? 1 : 0)}\n");
        }
        return text.ToString();
    }

    private static void AddMembers(StringBuilder text, NodeStatus status)
    {
        MemberCounts members = MeshRoutes.CountsOf(status);
        Head(text, "tore_members", "gauge", "Members of the mesh by state, this node among them.");
        foreach ((string state, int count) in new[]
            { ("alive", members.Alive), ("suspect", members.Suspect), ("dead", members.Dead), ("left", members.Left) })
        {
            text.Append(CultureInfo.InvariantCulture, $"tore_members{{state=\"{state}\"}} {count}\n");
        }
        Add(text, "tore_local_health", "gauge", "0 is well; more means that this node is slow and waits longer for others.",
            status.LocalHealth);
        if (status.ClockOffsetMs is { } offset)
        {
            Head(text, "tore_mesh_clock_offset_seconds", "gauge", "The mesh clock less this machine's.");
            text.Append(CultureInfo.InvariantCulture, $"tore_mesh_clock_offset_seconds {offset / 1000:0.000000}\n");
        }
    }

    private static void AddNode(StringBuilder text, NodeCounters node)
    {
        Add(text, "tore_routes_opened_total", "counter", "Requests that entered here and got a route.", node.RoutesOpened);
        Add(text, "tore_routes_refused_total", "counter", "Requests that entered here and got none.", node.RoutesRefused);
        Add(text, "tore_stage_routes", "gauge", "Requests of all entry nodes that hold or wait for a slot on stages here.",
            node.StageRoutes);
        Add(text, "tore_frames_total", "counter", "Frames of routes that passed here.", node.Frames);
        Add(text, "tore_frame_tokens_total", "counter", "Tokens that came through here as frames.", node.Tokens);
        Add(text, "tore_kv_bytes", "gauge", "Bytes reserved for key-value caches.", node.KeyValueBytes);
        Add(text, "tore_flops", "gauge", "Floating-point operations run by the layers that are loaded now.", node.Flops);
        Add(text, "tore_links_refused_total", "counter", "Connections that became no link.", node.RefusedLinks);
        Add(text, "tore_dropped_messages_total", "counter", "Control messages that full queues refused.", node.DroppedMessages);
        Add(text, "tore_bad_messages_total", "counter", "Messages that could not be understood in their place.", node.BadMessages);
        Add(text, "tore_dropped_discovery_total", "counter", "mDNS packets that found no room.", node.DroppedDiscovery);
        Add(text, "tore_probes_total", "counter", "Members probed.", node.Probes);
        Add(text, "tore_probes_failed_total", "counter", "Probes that nobody answered, directly or for another.", node.ProbesFailed);
        Add(text, "tore_suspicions_total", "counter", "Members that became suspect here.", node.Suspicions);
        Add(text, "tore_suspicions_answered_total", "counter", "Suspicions that an answer to this node ended.", node.SuspicionsAnswered);
        Add(text, "tore_refutations_total", "counter", "False suspicions of this node, which it refuted.", node.Refutations);
        Add(text, "tore_deaths_total", "counter", "Members declared dead here.", node.Deaths);
        Add(text, "tore_revivals_total", "counter", "Members declared dead here that came back.", node.Revivals);
        Add(text, "tore_stalls_total", "counter", "Times that this node noticed that it had stood still.", node.Stalls);
        Add(text, "tore_gossip_dropped_total", "counter", "Gossip that full queues dropped.", node.DroppedGossip);
    }

    private static void Add(StringBuilder text, string name, string type, string help, long value)
    {
        Head(text, name, type, help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Escape(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace(
            "\n", "\\n", StringComparison.Ordinal);
}
