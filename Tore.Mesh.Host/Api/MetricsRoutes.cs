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
        return http.Response.WriteAsync(Render(api.Metrics, api.Status()), http.RequestAborted);
    });

    private static string Render(ApiMetrics counted, NodeStatus status)
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
        Add(text, "tore_peers", "gauge", "Linked peers.", status.Peers.Count);
        Head(text, "tore_model_ready", "gauge", "Whether every layer of the model is covered.");
        foreach (ModelStatus model in status.Models)
        {
            text.Append(CultureInfo.InvariantCulture, $"tore_model_ready{{model=\"{Escape(model.Listing.Label)}\"}} {(model.Listing.IsReady ? 1 : 0)}\n");
        }
        return text.ToString();
    }

    private static void Add(StringBuilder text, string name, string type, string help, long value)
    {
        Head(text, name, type, help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Head(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Escape(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
