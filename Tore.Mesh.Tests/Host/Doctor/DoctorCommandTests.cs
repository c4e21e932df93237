using System.Net;
using System.Text.Json.Nodes;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Tests.Transport;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Host.Doctor;

/// <summary><c>tore doctor</c> where no node runs: this machine's side, and addresses that are given.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.PathOf("data");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Doctor_NothingYet_IsWellAndLeavesNoFolderBehind()
    {
        ToreCommandLine.Outcome outcome = await RunAsync("--json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.True((bool)outcome.Json["well"]!);
        Assert.Contains("not_running", Codes(outcome));
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Doctor_SecretThatOthersMayRead_IsNamedAndLeftAsItIs()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are Unix'");
        await ToreCommandLine.RunAsync("mesh", "new", "lab", "--data", Data);
        string file = Path.Combine(Data, "meshes", "lab.json");
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.OtherRead);
        ToreCommandLine.Outcome outcome = await RunAsync("--json");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("key_exposed", Codes(outcome));
        Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead));
        await File.WriteAllTextAsync(Path.Combine(Data, "meshes", "home.json"), "{");
        await File.WriteAllTextAsync(Path.Combine(Data, "format"), "99");
        Assert.Equal(
            ["data_folder_format", "key_exposed", "mesh_malformed"], Codes(await RunAsync("--json")).Distinct().Order().Take(3));
    }

    [Fact]
    public async Task Doctor_Address_IsTriedWithTheMeshAskedFor()
    {
        await ToreCommandLine.RunAsync("mesh", "new", "lab", "--data", Data);
        await ToreCommandLine.RunAsync("mesh", "new", "home", "--data", Data);
        MeshSecret lab = new MeshStore(Data).Get("lab").Mesh;
        await using LinkListener listener = LinkListener.Start(
            LinkPair.TlsOf(TestNodes.BobCertificate), new IPEndPoint(IPAddress.Loopback, 0), LinkPair.BobOptions with { Mesh = lab });
        string address = PeerAddress.From((IPEndPoint)listener.EndPoint).ToString();
        Assert.Equal("mesh_not_found", (await RunAsync(address, "--json")).ErrorCode);
        Assert.Equal("mesh_not_found", (await RunAsync(address, "--mesh", "lba", "--json")).ErrorCode);
        ToreCommandLine.Outcome home = await RunAsync(address, "--mesh", "home", "--json");
        Assert.Equal(1, home.ExitCode);
        JsonNode finding = home.Json["findings"]!.AsArray().Single(f => (bool)f!["problem"]!)!;
        Assert.Equal(("wrong_mesh", TestNodes.Bob.Id.ToString()), ((string?)finding["code"], (string?)finding["about"]));
        Assert.Contains("mesh 'lab'", (string?)finding["what"], StringComparison.Ordinal);
        Assert.Contains("tore up --mesh lab here", (await RunAsync(address, "--open")).Output, StringComparison.Ordinal);
        ToreCommandLine.Outcome good = await RunAsync(address, "--mesh", "lab");
        Assert.Equal(0, good.ExitCode);
        Assert.Contains($"{address}: node {TestNodes.Bob.Id} answers (TLS 1.3", good.Output, StringComparison.Ordinal);
        Assert.EndsWith("All is well.\n", good.Output, StringComparison.Ordinal);
    }

    private static string[] Codes(ToreCommandLine.Outcome outcome) =>
        [.. outcome.Json["findings"]!.AsArray().Select(f => (string)f!["code"]!)];

    private Task<ToreCommandLine.Outcome> RunAsync(params string[] args) => ToreCommandLine.RunAsync(["doctor", "--data", Data, .. args]);
}
