using System.Globalization;
using System.Text.Json.Nodes;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary><c>tore mesh</c> and <c>tore invite</c>, in this process, on data folders of their own.</summary>
public sealed class InviteCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.PathOf("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Invite_FolderWithoutAMesh_MakesOneAndNamesTheAddress()
    {
        JsonNode invite = (await RunAsync("invite", "lab", "--address", "lab.example:7601", "--json")).Json;
        Invite read = Invite.Parse((string)invite["invite"]!);
        Assert.Equal("lab", read.Mesh.Name);
        Assert.Equal((string?)invite["mesh_id"], read.Mesh.Id.ToString());
        Assert.True((bool)invite["made_mesh"]!);
        Assert.Equal("lab.example:7601", Assert.Single(read.Addresses).ToString());
        JsonNode again = (await RunAsync("invite", "--address", "lab.example:7601", "--json")).Json;
        Assert.False((bool)again["made_mesh"]!);
        Assert.Equal((string?)invite["invite"], (string?)again["invite"]);
    }

    [Fact]
    public async Task Invite_OtherNameThanTheMeshThereIs_IsMeshNotFoundAndMakesNone()
    {
        await RunAsync("mesh", "new", "lab", "--json");
        ToreCommandLine.Outcome mistyped = await RunAsync("invite", "lba", "--address", "h:1", "--json");
        Assert.Equal("mesh_not_found", mistyped.ErrorCode);
        Assert.Contains("lab", (string?)mistyped.Json["error"]!["message"], StringComparison.Ordinal);
        await RunAsync("mesh", "new", "home", "--json");
        Assert.Equal("mesh_not_found", (await RunAsync("invite", "--address", "h:1", "--json")).ErrorCode);
        Assert.Equal(2, (await RunAsync("mesh", "list", "--json")).Json["meshes"]!.AsArray().Count);
    }

    [Fact]
    public async Task Invite_ForPeople_PrintsTheStringAloneOnStandardOutput()
    {
        ToreCommandLine.Outcome plain = await RunAsync("invite", "lab", "--address", "192.0.2.7:7601", "--expires", "7d");
        Assert.Equal("lab", Invite.Parse(plain.Output).Mesh.Name);
        Assert.Equal(1, plain.Output.Count(c => c == '\n'));
        Assert.DoesNotContain(plain.Output.Trim(), plain.Error, StringComparison.Ordinal);
        Assert.Contains("tore up --join", plain.Error, StringComparison.Ordinal);
        ToreCommandLine.Outcome withCode = await RunAsync("invite", "--address", "192.0.2.7:7601", "--qr");
        Assert.Contains("█▀", withCode.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--expires", "2020-01-01", "invalid_request")]
    [InlineData("--expires", "0h", "invalid_request")]
    [InlineData("--expires", "tomorrow", "invalid_request")]
    [InlineData("--address", "lab.example", "invalid_request")]
    [InlineData("--address", "läb.example:1", "invalid_request")]
    public async Task Invite_BadOption_IsRefused(string option, string value, string code) =>
        Assert.Equal(code, (await RunAsync("invite", "lab", "--address", "h:1", option, value, "--json")).ErrorCode);

    [Theory]
    [InlineData("90m", 90 * 60)]
    [InlineData("24h", 86_400)]
    [InlineData("7d", 7 * 86_400)]
    [InlineData("2w", 14 * 86_400)]
    public async Task Invite_Expires_CountsFromNow(string length, int seconds)
    {
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        JsonNode invite = (await RunAsync("invite", "lab", "--address", "h:1", "--expires", length, "--json")).Json;
        var until = DateTimeOffset.Parse((string)invite["expires"]!, CultureInfo.InvariantCulture);
        Assert.InRange((until - before).TotalSeconds, seconds - 61, seconds + 60);
        Assert.Equal(until, Invite.Parse((string)invite["invite"]!).Expires);
    }

    [Fact]
    public async Task Mesh_EveryCommand_NeverShowsTheSecret()
    {
        List<ToreCommandLine.Outcome> shown = [];
        foreach (string[] form in (string[][])[[], ["--json"]])
        {
            string name = "lab" + form.Length;
            shown.Add(await RunAsync(["mesh", "new", name, .. form]));
            string first = SecretOf(name);
            shown.Add(await RunAsync(["mesh", "list", .. form]));
            shown.Add(await RunAsync(["mesh", "rotate", name, .. form]));
            string second = SecretOf(name);
            Assert.NotEqual(first, second);
            shown.Add(await RunAsync(["mesh", "leave", name, .. form]));
            Assert.All(shown, o => Assert.Equal(0, o.ExitCode));
            Assert.DoesNotContain(shown, o => (o.Output + o.Error).Contains(first, StringComparison.OrdinalIgnoreCase)
                || (o.Output + o.Error).Contains(second, StringComparison.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public async Task Ban_AndAllow_AreListed()
    {
        const string One = "3f0e8a52-6c1d-8b7e-9a44-0d5be2f1c6a7", Two = "3f0e8a52-6c1d-8b7e-9a44-0d5be2f1c6a8";
        Assert.True((bool)(await RunAsync("mesh", "ban", One, "--json")).Json["changed"]!);
        Assert.False((bool)(await RunAsync("mesh", "ban", One, "--json")).Json["changed"]!);
        Assert.Contains("Only the 1", (await RunAsync("mesh", "allow", Two)).Output, StringComparison.Ordinal);
        JsonNode list = (await RunAsync("mesh", "list", "--json")).Json;
        Assert.Equal([One], list["banned"]!.AsArray().Select(n => (string?)n));
        Assert.Equal([Two], list["allowed"]!.AsArray().Select(n => (string?)n));
        await RunAsync("mesh", "unban", One, "--json");
        Assert.Contains("Everybody", (await RunAsync("mesh", "disallow", Two)).Output, StringComparison.Ordinal);
        Assert.Equal("invalid_request", (await RunAsync("mesh", "ban", "3f0e8a52", "--json")).ErrorCode);
    }

    [Theory]
    [InlineData("nonsense", "invite_malformed", 4)]
    [InlineData("@no-such-file", "file_not_readable", 3)]
    public async Task Up_JoinOfNoInvite_IsRefused(string invite, string code, int exit)
    {
        ToreCommandLine.Outcome outcome = await RunAsync("up", "--json", "--no-mdns", "--log-level", "none", "--join", invite);
        Assert.Equal((code, exit), (outcome.ErrorCode, outcome.ExitCode));
    }

    [Fact]
    public async Task Up_JoinOfAnExpiredInvite_IsInviteExpiredFromEverySource()
    {
        var invite = new Invite(MeshSecret.Create("lab"), [], new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await File.WriteAllTextAsync(_folder.PathOf("invite"), invite.ToText() + "\n");
        foreach ((string given, string input) in new[]
            { (invite.ToText(), ""), ("@" + _folder.PathOf("invite"), ""), ("-", invite.ToText() + "\nmore") })
        {
            ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(
                input, ["up", "--data", Data, "--json", "--no-mdns", "--log-level", "none", "--join", given]);
            Assert.Equal("invite_expired", outcome.ErrorCode);
        }
        Assert.Empty(new MeshStore(Data).List());
    }

    [Fact]
    public async Task Up_SeveralMeshes_IsAUsageError()
    {
        Assert.Equal("usage", (await RunAsync("up", "--json", "--open", "--mesh", "lab")).ErrorCode);
        Assert.Equal("usage", (await RunAsync("up", "--json", "--join", "x", "--mesh", "lab")).ErrorCode);
        Assert.Equal("mesh_not_found", (await RunAsync(
            "up", "--json", "--no-mdns", "--log-level", "none", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--mesh", "lab"))
            .ErrorCode);
    }

    private Task<ToreCommandLine.Outcome> RunAsync(params string[] args) => ToreCommandLine.RunAsync([.. args, "--data", Data]);

    private string SecretOf(string mesh) =>
        (string)JsonNode.Parse(File.ReadAllText(Path.Combine(Data, "meshes", mesh + ".json")))!["secret"]!;
}
