using System.Net;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

public sealed class MeshRoutesTests
{
    [Fact]
    public async Task Members_EveryKey_IsThere_AlsoWhereItIsNull()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        (HttpStatusCode status, JsonNode body) = await api.GetAsync("/mesh/members");
        Assert.Equal(HttpStatusCode.OK, status);
        JsonObject self = Assert.Single(body["members"]!.AsArray())!.AsObject();
        Assert.Equal(ScriptedProvider.Node.ToString(), (string?)self["node_id"]);
        Assert.Equal((true, "alive", "1970-01-01T00:00:00.000Z", 1), ((bool)self["self"]!, (string?)self["state"], (string?)self["since"],
            (int)self["incarnation"]!));
        string[] keys =
        [
            "node_id", "self", "state", "since", "incarnation", "start", "addresses", "link_address", "tls", "round_trip_ms",
            "predicted_round_trip_ms", "clock_offset_ms", "http", "version", "isa", "engine_fingerprint", "slots", "slots_in_use",
            "draining", "models",
        ];
        Assert.Equal(keys, self.Select(p => p.Key));
        Assert.Null(self["round_trip_ms"]);
        Assert.Equal("0011223344556677", (string?)body["mesh_id"]);
    }

    [Fact]
    public async Task Contacts_TellsAddresses_Refusals_Strangers()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        (HttpStatusCode status, JsonNode body) = await api.GetAsync("/mesh/contacts");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("127.0.0.1:9", "seed", "peer_unreachable", 3), ((string?)body["addresses"]![0]!["address"],
            (string?)body["addresses"]![0]!["source"], (string?)body["addresses"]![0]!["code"], (int)body["addresses"]![0]!["failures"]!));
        Assert.Equal(("192.0.2.1", "wrong_mesh", 2), ((string?)body["refused"]![0]!["address"], (string?)body["refused"]![0]!["code"],
            (int)body["refused"]![0]!["count"]!));
        Assert.Equal("8899aabbccddeeff", (string?)body["strangers"]![0]!["mesh_id"]);
        Assert.Null(body["duplicate_key"]);
        Assert.Equal((false, 0), ((bool)body["mdns"]!["on"]!, (int)body["admission"]!["banned"]!));
    }

    [Theory]
    [InlineData("/mesh/members")]
    [InlineData("/mesh/contacts")]
    public async Task WhileDraining_TheyAreAnswered(string path)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider(), isDraining: () => true);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync(path)).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.GetAsync("/v1/models")).Status);
    }

    [Fact]
    public async Task Metrics_TellMembersByState()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        string text = await api.Client.GetStringAsync("/metrics");
        Assert.Contains("tore_members{state=\"alive\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("tore_members{state=\"dead\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("tore_local_health 0\n", text, StringComparison.Ordinal);
    }
}
