using System.Net;
using System.Net.Sockets;
using System.Text;
using Tore.Mesh.Host.Api;
using Tore.Mesh.Inference;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>Clients that leave or do not read, on real sockets: their slot is free at once.</summary>
public sealed class ClientLossTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Stream_ClientDisconnects_FreesTheSlot()
    {
        var provider = new ScriptedProvider("word ", context: int.MaxValue) { Endless = true };
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        using (Socket client = await SendAsync(api, stream: true))
        {
            await ReadUntilAsync(client, "data: ");
        }
        Assert.True(await provider.Freed.WaitAsync(Patience), "the slot of a client that hung up is still taken");
        Assert.Equal(0, provider.SlotsInUse);
    }

    [Fact]
    public async Task Stream_ClientDisconnectsDuringPrefill_FreesTheSlot()
    {
        var inPrefill = new TaskCompletionSource();
        var provider = new ScriptedProvider("x")
        {
            Prefill = async cancellation =>
            {
                inPrefill.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            },
        };
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        using (Socket client = await SendAsync(api, stream: true))
        {
            await inPrefill.Task.WaitAsync(Patience);
        }
        Assert.True(await provider.Freed.WaitAsync(Patience), "the slot of a client that hung up during prefill is still taken");
    }

    [Fact]
    public async Task Post_ClientDisconnectsWhileWaitingForAWholeAnswer_FreesTheSlot()
    {
        var inPrefill = new TaskCompletionSource();
        var provider = new ScriptedProvider("x")
        {
            Prefill = async cancellation =>
            {
                inPrefill.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            },
        };
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        using (Socket client = await SendAsync(api, stream: false))
        {
            await inPrefill.Task.WaitAsync(Patience);
        }
        Assert.True(await provider.Freed.WaitAsync(Patience), "the slot of a client that hung up is still taken");
    }

    [Fact]
    public async Task Stream_ClientDoesNotRead_IsCutOffAndFreesTheSlot()
    {
        var provider = new ScriptedProvider("word ", context: int.MaxValue) { Endless = true };
        await using ApiFixture api = await ApiFixture.StartAsync(
            provider, timeouts: new ApiTimeouts { UnreadStream = TimeSpan.FromMilliseconds(300) });
        using Socket client = await SendAsync(api, stream: true);
        Assert.True(await provider.Freed.WaitAsync(Patience), "a client that does not read keeps its slot");
        Assert.Equal(1, api.Api.Metrics.ClientsCutOff.Value);
        Assert.Equal(0, provider.SlotsInUse);
    }

    [Fact]
    public async Task Stream_ClientOfTheRealEngineDisconnects_NextRequestGetsItsSlot()
    {
        using var backend = new ManagedBackend();
        await using LocalPipelineProvider provider = StoriesModel.Load(backend, stages: 2, slots: 1);
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        for (int i = 0; i < 5; i++)
        {
            using Socket client = await SendAsync(api, stream: true, model: "stories", prompt: "Once upon a time");
            await ReadUntilAsync(client, "data: ");
        }
        // One slot, five clients that hung up: the sixth is served, which takes the slot of each of them.
        (HttpStatusCode status, _) = await api.PostAsync("/v1/completions", new { model = "stories", prompt = "Once", max_tokens = 2 });
        Assert.Equal(HttpStatusCode.OK, status);
        await Until.TrueAsync(() => api.Api.Metrics.Abandoned.Value + api.Api.Metrics.Completed.Value == 6, "the end of every request");
    }

    private static async Task<Socket> SendAsync(ApiFixture api, bool stream, string model = "script/one", string prompt = "p")
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync("127.0.0.1", api.Port);
        string body = $$"""{"model":"{{model}}","prompt":"{{prompt}}","stream":{{(stream ? "true" : "false")}}}""";
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                + $"{body.Length}\r\n\r\n{body}"));
        return socket;
    }

    private static async Task ReadUntilAsync(Socket socket, string text)
    {
        var seen = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            int read = await socket.ReceiveAsync(buffer);
            Assert.True(read > 0, $"the stream ended before '{text}'");
            seen.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }
    }
}
