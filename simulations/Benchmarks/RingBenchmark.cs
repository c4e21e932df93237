using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Tore.Mesh.Benchmarks;

/// <summary>
/// Two node processes of one thread each, half the layers on either, TLS on loopback between them; against one node process of one
/// thread. Both are asked over HTTP, so both carry the same overhead of text and streaming.
/// </summary>
internal static class RingBenchmark
{
    private const int GeneratedTokens = 96;

    /// <summary>Measures decode in alternating runs and compares the medians.</summary>
    public static async Task<int> RunAsync(string[] types, int runs, string? modelFolder, bool json)
    {
        Report report = new("ring", json);
        foreach (string type in types)
        {
            await CompareAsync(type, SynthFile.Billion(type, modelFolder), runs, report);
        }
        return report.Finish();
    }

    private static async Task CompareAsync(string type, string model, int runs, Report report)
    {
        string folder = Directory.CreateTempSubdirectory("tore-ring-").FullName;
        List<Process> nodes = [];
        try
        {
            Node single = await StartAsync(model, folder, "single", null, nodes);
            Node first = await StartAsync(model, folder, "first", null, nodes);
            Node second = await StartAsync(model, folder, "second", first.Links, nodes);
            List<double> one = [], two = [];
            await MeasureAsync(single);
            await MeasureAsync(first);
            for (int run = 0; run < runs; run++)
            {
                one.Add(await MeasureAsync(single));
                two.Add(await MeasureAsync(first));
            }
            report.Add(new Figure($"{type}: one node decode tok/s", Median(one)));
            report.Add(new Figure($"{type}: two stages over TLS decode tok/s", Median(two)));
            report.Add(new Figure($"{type}: ratio", Median(two) / Median(one), 0.9));
        }
        finally
        {
            foreach (Process node in nodes)
            {
                node.Kill();
                await node.WaitForExitAsync();
                node.Dispose();
            }
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Node> StartAsync(string model, string folder, string name, string? seed, List<Process> nodes)
    {
        string[] join = seed is null ? [] : ["--seed", seed];
        Process process = ToreProcess.Start(
            "dotnet",
            [
                "exec", ToreProcess.Assembly, "up", "--model", model, "--data", Path.Combine(folder, name), "--no-mdns", "--threads", "1",
                "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--slots", "1", "--context", "512", "--json", .. join,
            ],
            null);
        nodes.Add(process);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"node {name} did not start");
        JsonElement ready = JsonDocument.Parse(line).RootElement;
        return new Node(ready.GetProperty("http").GetString()!, ready.GetProperty("listen")[0].GetString()!);
    }

    private static async Task<double> MeasureAsync(Node node)
    {
        using HttpClient client = new() { Timeout = TimeSpan.FromMinutes(5) };
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(new Uri(node.Http), "/v1/completions"))
        {
            Content = JsonContent.Create(new
            {
                model = await FirstModelAsync(client, node),
                prompt = "a",
                max_tokens = GeneratedTokens,
                temperature = 0,
                stream = true,
                logprobs = 0,
            }),
        };
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync());
        long first = 0, last = 0;
        int count = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal) && line.Contains("\"tokens\":[", StringComparison.Ordinal))
            {
                last = Stopwatch.GetTimestamp();
                first = first == 0 ? last : first;
                count++;
            }
        }
        if (count < GeneratedTokens / 2)
        {
            throw new InvalidOperationException($"only {count} tokens came; the model ended early");
        }
        return (count - 1) / Stopwatch.GetElapsedTime(first, last).TotalSeconds;
    }

    private static async Task<string> FirstModelAsync(HttpClient client, Node node)
    {
        JsonElement models = await client.GetFromJsonAsync<JsonElement>(new Uri(new Uri(node.Http), "/v1/models"));
        return models.GetProperty("data")[0].GetProperty("id").GetString()!;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record Node(string Http, string Links);
}
