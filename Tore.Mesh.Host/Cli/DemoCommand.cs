using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>
/// <c>tore demo</c>: several node processes on this machine, the model that comes with the program split over them, one story
/// streamed through all of them and compared with what one node gives; then nothing is left.
/// </summary>
internal static class DemoCommand
{
    private const string Line = "A story about a fox and a lantern.";
    private const ulong Seed = 1;
    private const int StoryLayers = 8;

    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettlePause = TimeSpan.FromMilliseconds(100);

    public static Command Build(CliConsole console)
    {
        Option<int?> nodes = CliOptions.Int("--nodes", "Node processes (default 3).", 1, StoryLayers);
        var command = new ToreCommand(
            "demo", "Start several nodes on this machine, split the built-in model over them, and stream a story.", "tore demo",
                "tore demo --nodes 5 --json")
        {
            nodes,
        };
        command.Run(console, async (parsed, cancellation) =>
        {
            List<DemoNode> started = [];
            try
            {
                await StartAsync(started, parsed.GetValue(nodes) ?? 3, cancellation);
                using NodeClient client = NodeClient.Find(started[0].Http, null, null);
                JsonObject route = await SettleAsync(client, started.Count, cancellation);
                WriteRoute(console, route);
                await TellAsync(console, client, route, cancellation);
            }
            finally
            {
                await Task.WhenAll(started.Select(node => node.DisposeAsync().AsTask()));
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    /// <summary>The first node alone, then the others, who all know the first.</summary>
    private static async Task StartAsync(List<DemoNode> started, int count, CancellationToken cancellationToken)
    {
        started.Add(await DemoNode.StartAsync(null, cancellationToken));
        Task<DemoNode>[] others = [.. Enumerable.Range(1, count - 1).Select(
            _ => DemoNode.StartAsync(started[0].Listen, cancellationToken))];
        try
        {
            await Task.WhenAll(others);
        }
        finally
        {
            foreach (Task<DemoNode> other in others.Where(o => o.IsCompletedSuccessfully))
            {
                started.Add(await other);
            }
        }
    }

    /// <summary>Waits until the model is spread over all nodes.</summary>
    private static async Task<JsonObject> SettleAsync(NodeClient client, int nodes, CancellationToken cancellationToken)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < SettleLimit)
        {
            try
            {
                JsonObject pipeline = await client.GetAsync($"/inference/pipeline/{ModelFiles.Stories}", cancellationToken);
                if ((bool)pipeline["is_complete"]! && pipeline["shards"]!.AsArray().Count == nodes)
                {
                    return pipeline;
                }
            }
            catch (ToreException early) when (early.Code is ErrorCodes.ModelNotFound or ErrorCodes.ModelNotReady)
            {
                // The node is up before it knows its model's identity.
            }
            await Task.Delay(SettlePause, cancellationToken);
        }
        throw new ToreException(ErrorCodes.ModelNotReady, $"The {nodes} nodes did not find each other within "
            + $"{SettleLimit.TotalSeconds} s.");
    }

    private static async Task TellAsync(CliConsole console, NodeClient client, JsonObject route, CancellationToken cancellationToken)
    {
        ChatMessage[] messages = [new("user", Line)];
        var story = new StringBuilder();
        long begin = TimeProvider.System.GetTimestamp(), first = begin, last = begin;
        int pieces = 0;
        await foreach (string piece in client.ChatAsync(ModelFiles.Stories, messages, new JsonObject { ["seed"] = Seed },
            cancellationToken))
        {
            last = TimeProvider.System.GetTimestamp();
            first = pieces++ == 0 ? last : first;
            story.Append(piece);
            if (!console.JsonMode)
            {
                console.Out.Write(piece);
            }
        }
        double firstMs = TimeProvider.System.GetElapsedTime(begin, first).TotalMilliseconds;
        double seconds = TimeProvider.System.GetElapsedTime(first, last).TotalSeconds;
        double speed = pieces > 1 && seconds > 0 ? (pieces - 1) / seconds : 0;
        bool same = await TellAloneAsync(console, messages, cancellationToken) == story.ToString();
        WriteEnd(console, route, story.ToString(), pieces, firstMs, speed, same);
        if (!same)
        {
            throw new ToreException(ErrorCodes.Internal, "One node alone tells another story: the arithmetic of these nodes differs. "
                + "Please report this as a bug.");
        }
    }

    /// <summary>The same story from the whole model in this process.</summary>
    private static async Task<string> TellAloneAsync(CliConsole console, ChatMessage[] messages, CancellationToken cancellationToken)
    {
        await using LocalEngine engine = await LocalEngine.LoadAsync(
            console, ModelFiles.Stories, file => ModelText.Open(file), 1, new ShardOptions { Slots = 1, Threads = 1 }, cancellationToken);
        var request = new TextRequest
        {
            RequestId = "demo",
            ModelId = engine.ModelId,
            Prompt = new TextPrompt.Chat(messages),
            Sampling = new SamplingOptions(),
            Seed = Seed,
        };
        var text = new StringBuilder();
        await foreach (TextEvent e in engine.Service.GenerateAsync(request, cancellationToken))
        {
            text.Append((e as TextDelta)?.Text);
        }
        return text.ToString();
    }

    private static void WriteRoute(CliConsole console, JsonObject route)
    {
        if (console.JsonMode)
        {
            return;
        }
        console.Out.WriteLine($"{ModelFiles.Stories}, {route["total_layers"]} layers over {route["shards"]!.AsArray().Count} node "
            + $"processes:");
        foreach (JsonNode? shard in route["shards"]!.AsArray())
        {
            console.Out.WriteLine($"  layers {shard!["layer_start"]}-{shard["layer_end"]}  node {((string)shard["node_id"]!)[..8]}  "
                + $"{shard["host"]}:{shard["port"]}");
        }
        console.Out.WriteLine();
        console.Out.WriteLine(Line);
    }

    private static void WriteEnd(CliConsole console, JsonObject route, string story, int pieces, double firstMs, double speed, bool same)
    {
        if (console.JsonMode)
        {
            console.WriteJson(new JsonObject
            {
                ["nodes"] = route["shards"]!.AsArray().Count,
                ["route"] = new JsonArray([.. route["shards"]!.AsArray().Select(s => new JsonObject
                {
                    ["node_id"] = (string?)s!["node_id"], ["layers"] = $"{s["layer_start"]}-{s["layer_end"]}", ["port"] = (int)s["port"]!,
                })]),
                ["prompt"] = Line,
                ["text"] = story,
                ["seed"] = Seed,
                ["time_to_first_token_ms"] = Math.Round(firstMs, 3),
                ["tokens_per_second"] = Math.Round(speed, 3),
                ["same_as_one_node"] = same,
            });
            return;
        }
        console.Out.WriteLine();
        console.Out.WriteLine();
        console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{pieces} pieces at {speed:0} a second, the first after {firstMs:0} ms. One node alone tells "
                + $"{(same ? "exactly the same story, byte for byte" : "ANOTHER story")}."));
    }
}
