using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Storage;

public sealed class MeshStoreTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();

    private MeshStore Store => new(_folder.FullPath);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_NewName_IsKeptAndComesBack()
    {
        StoredMesh made = Store.Create("Lab", Now);
        StoredMesh found = Store.Get("LAB");
        Assert.Equal("Lab", found.Mesh.Name);
        Assert.Equal(made.Mesh.Secret.ToArray(), found.Mesh.Secret.ToArray());
        Assert.True(found.IsMadeHere);
        Assert.Equal(Now, found.Since);
        Assert.Equal(["home", "Lab"], (string[])[Store.Create("home", Now).Mesh.Name, .. Store.List().Skip(1).Select(m => m.Mesh.Name)]);
    }

    [Theory]
    [InlineData("lab", ErrorCodes.MeshExists)]
    [InlineData("LAB", ErrorCodes.MeshExists)]
    [InlineData("open", ErrorCodes.InvalidRequest)]
    [InlineData("../lab", ErrorCodes.InvalidRequest)]
    public void Create_NameThatCannotBe_IsRefusedAndNothingChanges(string name, string code)
    {
        MeshId id = Store.Create("lab", Now).Mesh.Id;
        Assert.Equal(code, Assert.Throws<ToreException>(() => Store.Create(name, Now)).Code);
        Assert.Equal(id, Assert.Single(Store.List()).Mesh.Id);
    }

    [Fact]
    public void Rotate_Mesh_HasANewSecretAndRemembersItsFingerprint()
    {
        StoredMesh first = Store.Create("lab", Now);
        StoredMesh second = Store.Rotate("lab", Now.AddDays(1));
        StoredMesh third = Store.Rotate("lab", Now.AddDays(2));
        Assert.Equal([second.Mesh.Id, first.Mesh.Id], Store.Get("lab").Former);
        Assert.Equal(third.Mesh.Id, Store.Get("lab").Mesh.Id);
        Assert.Equal(ErrorCodes.MeshNotFound, Assert.Throws<ToreException>(() => Store.Rotate("home", Now)).Code);
    }

    [Fact]
    public void Join_NewInviteAfterARotation_ReplacesTheOldSecret()
    {
        MeshSecret old = MeshSecret.Create("lab"), rotated = MeshSecret.Create("lab");
        Store.Join(new Invite(old, [Address("192.0.2.1:1")]), Now);
        Store.Join(new Invite(old, [Address("192.0.2.2:2")]), Now);
        Assert.Equal([Address("192.0.2.2:2"), Address("192.0.2.1:1")], Store.Get("lab").Addresses);
        Store.Join(new Invite(rotated, [Address("192.0.2.3:3")]), Now);
        Assert.Equal(rotated.Id, Store.Get("lab").Mesh.Id);
        Assert.Equal([old.Id], Store.Get("lab").Former);
        Assert.Equal([Address("192.0.2.3:3")], Store.Get("lab").Addresses);
    }

    [Fact]
    public void Join_OtherMeshOfTheNameOfOneMadeHere_IsMeshExists()
    {
        MeshId id = Store.Create("lab", Now).Mesh.Id;
        ToreException error = Assert.Throws<ToreException>(() => Store.Join(new Invite(MeshSecret.Create("Lab"), []), Now));
        Assert.Equal(ErrorCodes.MeshExists, error.Code);
        Assert.Contains("tore mesh leave", error.Message, StringComparison.Ordinal);
        Assert.Equal(id, Store.Get("lab").Mesh.Id);
    }

    [Fact]
    public void Join_ExpiredInvite_IsRefusedUnlessAMemberAlready()
    {
        var invite = new Invite(MeshSecret.Create("lab"), [], Now);
        Assert.Equal(ErrorCodes.InviteExpired, Assert.Throws<ToreException>(() => Store.Join(invite, Now.AddHours(1))).Code);
        Assert.Empty(Store.List());
        Store.Join(invite, Now);
        Assert.Equal(invite.Mesh.Id, Store.Join(invite, Now.AddHours(1)).Mesh.Id);
    }

    [Fact]
    public void Remove_Mesh_LeavesNothingOfItsSecret()
    {
        byte[] secret = Store.Create("lab", Now).Mesh.Secret.ToArray();
        Store.Remove("lab");
        Assert.Empty(Store.List());
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.FullPath, "*", SearchOption.AllDirectories),
            f => File.ReadAllText(f).Contains(Convert.ToHexStringLower(secret), StringComparison.Ordinal));
        Assert.Equal(ErrorCodes.MeshNotFound, Assert.Throws<ToreException>(() => Store.Remove("lab")).Code);
    }

    [Fact]
    public void Files_OnUnix_AreTheUsersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the profile's access list is inherited");
        Store.Create("lab", Now);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(ReadWrite, File.GetUnixFileMode(_folder.PathOf("meshes/lab.json")));
            Assert.Equal(ReadWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.PathOf("meshes")));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"name":"lab","secret":"00","made_here":true,"since":"2026-11-22T00:00:00Z"}""")]
    [InlineData("""{"name":"lab","secret":"xyzzy","made_here":true,"since":"2026-11-22T00:00:00Z"}""")]
    [InlineData("""{"name":"open","secret":"00","made_here":true,"since":"2026-11-22T00:00:00Z"}""")]
    public void Get_DamagedFile_IsMeshMalformedAndNotRepeated(string content)
    {
        Store.Create("lab", Now);
        File.WriteAllText(_folder.PathOf("meshes/lab.json"), content);
        ToreException error = Assert.Throws<ToreException>(() => Store.Get("lab"));
        Assert.Equal(ErrorCodes.MeshMalformed, error.Code);
        Assert.DoesNotContain("xyzzy", error.ToString(), StringComparison.Ordinal);
    }

    private static PeerAddress Address(string text) =>
        PeerAddress.TryParse(text, out PeerAddress address) ? address : throw new ArgumentException(text);
}
