using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Identity;

public sealed class NodeKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tore-key-").FullName;

    private string KeyPath => Path.Combine(_folder, "node.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void LoadOrCreate_SecondStart_GivesTheSameId()
    {
        using NodeKey first = NodeKey.LoadOrCreate(KeyPath);
        using NodeKey second = NodeKey.LoadOrCreate(KeyPath);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal([KeyPath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Id_IsVersion8OfTheSpkiHash()
    {
        using NodeKey key = NodeKey.Create();

        byte[] hash = SHA256.HashData(key.Identity.PublicKey);
        Assert.Equal(LinkIdentity.PublicKeyBytes, key.Identity.PublicKey.Length);
        Assert.StartsWith(Convert.ToHexStringLower(hash.AsSpan(0, 4)), key.Id.ToString(), StringComparison.Ordinal);
        Assert.Equal('8', key.Id.ToString()[14]);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Save_NewFile_IsReadableByItsOwnerOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        using NodeKey key = NodeKey.LoadOrCreate(KeyPath);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
    }

    [Fact]
    public void Save_ExistingFile_IsNotReplaced()
    {
        using NodeKey key = NodeKey.LoadOrCreate(KeyPath);
        byte[] before = File.ReadAllBytes(KeyPath);
        using NodeKey other = NodeKey.Create();

        ToreException failure = Assert.Throws<ToreException>(() => other.Save(KeyPath));

        Assert.Equal(ErrorCodes.KeyNotSaved, failure.Code);
        Assert.Equal(before, File.ReadAllBytes(KeyPath));
        Assert.Equal([KeyPath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Save_MissingFolder_SaysSo()
    {
        using NodeKey key = NodeKey.Create();

        string path = Path.Combine(_folder, "absent", "node.key");
        Assert.Equal(ErrorCodes.KeyNotSaved, Assert.Throws<ToreException>(() => key.Save(path)).Code);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Load_FileOthersMayRead_IsClosedWithAWarning()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        using NodeKey key = NodeKey.LoadOrCreate(KeyPath);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        var warnings = new RecordingLogger();

        using NodeKey again = NodeKey.Load(KeyPath, warnings);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.Contains(KeyPath, Assert.Single(warnings.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n")]
    public void Load_CorruptFile_IsKeyMalformed(string content)
    {
        File.WriteAllText(KeyPath, content);

        Assert.Equal(ErrorCodes.KeyMalformed, Assert.Throws<ToreException>(() => NodeKey.LoadOrCreate(KeyPath, NullLogger.Instance)).Code);
        Assert.Equal(content, File.ReadAllText(KeyPath));
    }

    [Fact]
    public void Load_TruncatedKey_IsKeyMalformed()
    {
        using NodeKey key = NodeKey.LoadOrCreate(KeyPath);
        string whole = File.ReadAllText(KeyPath);
        for (int length = 0; length < whole.Length - 1; length += 7)
        {
            File.WriteAllText(KeyPath, whole[..length]);
            Assert.Equal(ErrorCodes.KeyMalformed, Assert.Throws<ToreException>(() => NodeKey.Load(KeyPath)).Code);
        }
    }

    [Theory]
    [InlineData("P-384")]
    [InlineData("RSA")]
    [InlineData("huge")]
    public void Load_OtherKind_IsKeyMalformed(string kind)
    {
        using ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048);
        File.WriteAllText(KeyPath, kind switch
        {
            "P-384" => curve.ExportPkcs8PrivateKeyPem(),
            "RSA" => rsa.ExportPkcs8PrivateKeyPem(),
            _ => new string('x', 1 << 20),
        });

        Assert.Equal(ErrorCodes.KeyMalformed, Assert.Throws<ToreException>(() => NodeKey.Load(KeyPath)).Code);
    }

    [Fact]
    public void Load_AbsentFile_IsFileNotReadable() =>
        Assert.Equal(ErrorCodes.FileNotReadable, Assert.Throws<ToreException>(() => NodeKey.Load(KeyPath)).Code);

    [Fact]
    public void Sign_ThenVerify_AcceptsOnlyThisDataAndThisKey()
    {
        using NodeKey key = NodeKey.Create();
        using NodeKey other = NodeKey.Create();
        byte[] signature = key.Sign("abc"u8);

        Assert.Equal(NodeKey.SignatureBytes, signature.Length);
        Assert.True(key.Identity.Verify("abc"u8, signature));
        Assert.False(key.Identity.Verify("abd"u8, signature));
        Assert.False(other.Identity.Verify("abc"u8, signature));
        Assert.False(key.Identity.Verify("abc"u8, signature.AsSpan(1)));
    }
}
