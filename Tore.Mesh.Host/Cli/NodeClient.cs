using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary>Talks to a running node over HTTP: the one named, or the one whose addresses stand in the data folder.</summary>
internal sealed class NodeClient : IDisposable
{
    private readonly HttpClient _http;

    private NodeClient(Uri node, string? apiKey)
    {
        var handler = new HttpClientHandler();
        if (node.Scheme == Uri.UriSchemeHttps && node.IsLoopback)
        {
            // On this machine the node's own certificate is as good as the port it listens on.
            handler.ServerCertificateCustomValidationCallback = (_, _, _, _) => true;
        }
        _http = new HttpClient(handler) { BaseAddress = node, Timeout = Timeout.InfiniteTimeSpan };
        if (apiKey is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        }
    }

    /// <summary>The node's URL.</summary>
    public Uri Url => _http.BaseAddress!;

    /// <summary>Finds the node: <paramref name="url"/>, else the data folder's.</summary>
    public static NodeClient Find(string? url, string? dataFolder, string? apiKeyFile)
    {
        string address = url ?? DataFolder.ReadAddresses(dataFolder)?.Http ?? throw new ToreException(
            ErrorCodes.PeerUnreachable, $"No node runs on {dataFolder ?? DataFolderPaths.Default}. Start one with 'tore up', or name "
                + $"one with --node URL.");
        return Uri.TryCreate(address, UriKind.Absolute, out Uri? node)
            && (node.Scheme == Uri.UriSchemeHttp || node.Scheme == Uri.UriSchemeHttps)
            ? new NodeClient(node, apiKeyFile is null ? null : ApiKeyFile.Read(apiKeyFile))
            : throw new ToreException(ErrorCodes.InvalidRequest, $"--node '{address}' is no URL such as http://127.0.0.1:7600.");
    }

    /// <summary>Gets JSON; 503 of <c>/health</c> is an answer too.</summary>
    public async Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);
        string text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode || (path == "/health" && answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            ? JsonNode.Parse(text)!.AsObject()
            : throw ErrorOf(answer.StatusCode, text);
    }

    /// <summary>Streams the answer of a chat.</summary>
    public async IAsyncEnumerable<string> ChatAsync(
        string model, IReadOnlyList<ChatMessage> messages, JsonObject options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var body = (JsonObject)options.DeepClone();
        body["model"] = model;
        body["stream"] = true;
        body["messages"] = new JsonArray([.. messages.Select(m => new JsonObject { ["role"] = m.Role, ["content"] = m.Content })]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage answer = await SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw ErrorOf(answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
        }
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        const string Data = "data: ";
        while (await lines.ReadLineAsync(cancellationToken) is string line)
        {
            if (!line.StartsWith(Data, StringComparison.Ordinal) || line == "data: [DONE]")
            {
                continue;
            }
            JsonNode chunk = JsonNode.Parse(line[Data.Length..])!;
            if (chunk["error"] is not null)
            {
                throw ErrorOf(HttpStatusCode.InternalServerError, line[Data.Length..]);
            }
            if (chunk["choices"]?.AsArray() is [JsonNode choice, ..] && (string?)choice["delta"]?["content"] is { Length: > 0 } text)
            {
                yield return text;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw new ToreException(ErrorCodes.PeerUnreachable, $"The node at {Url} does not answer: {error.Message}", error);
        }
    }

    /// <summary>The node's own error, in either of its two forms.</summary>
    private static ToreException ErrorOf(HttpStatusCode status, string text)
    {
        try
        {
            JsonNode? body = JsonNode.Parse(text);
            JsonNode? error = body?["error"];
            return error is JsonObject
                ? new ToreException((string)error["code"]!, (string)error["message"]!)
                : new ToreException((string)body!["code"]!, (string)error!);
        }
        catch (Exception e) when (e is JsonException or ArgumentNullException or InvalidOperationException or NullReferenceException)
        {
            return new ToreException(ErrorCodes.PeerUnreachable, $"The node answered {(int)status} with no error of ours: is it a tore "
                + $"node?");
        }
    }
}
