using Tore.Mesh.Identity;

namespace Tore.Mesh.Tests.Identity;

/// <summary>The expected values were computed with Python's hashlib and hmac (RFC 5869 written out).</summary>
public sealed class MeshSecretTests
{
    [Fact]
    public void Id_WithoutSecret_IsTheHashOfTheName()
    {
        // printf 'tore mesh local' | sha256sum, and the same with open
        Assert.Equal("8f3ad78fe646c84e", MeshSecret.Local.Id.ToString());
        Assert.Equal("9cc70caa98be57a8", MeshSecret.Open.Id.ToString());
    }

    [Fact]
    public void ProofKey_WithoutSecret_IsThatOfThirtyTwoZeroBytes()
    {
        const string Expected = "a893978b856c73dd869c608413db2143edb008bd6d3796c950a1d263aff7f633";
        Assert.Equal(Expected, Convert.ToHexStringLower(MeshSecret.Local.ProofKey));
        Assert.True(MeshSecret.Open.ProofKey.SequenceEqual(MeshSecret.Local.ProofKey));
    }

    [Fact]
    public void FromBytes_KnownSecret_GivesTheComputedIdAndProofKey()
    {
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

        MeshSecret mesh = MeshSecret.FromBytes("lab", secret);

        Assert.True(mesh.IsPrivate);
        Assert.Equal("4c934baf84bf2025", mesh.Id.ToString());
        Assert.Equal("e0da527a6c95ab47b5c0f1924525a21a665ecc68b02376bed108653c4448465f", Convert.ToHexStringLower(mesh.ProofKey));
    }

    [Fact]
    public void Create_Twice_GivesDifferentMeshes() => Assert.NotEqual(MeshSecret.Create("lab").Id, MeshSecret.Create("lab").Id);

    [Fact]
    public void FromBytes_Zeros_IsRefused() => Assert.Throws<ArgumentException>(() => MeshSecret.FromBytes("lab", new byte[32]));

    [Fact]
    public void ToString_NeverShowsTheSecret()
    {
        MeshSecret mesh = MeshSecret.Create("lab");

        Assert.DoesNotContain(Convert.ToHexStringLower(mesh.Secret), mesh.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("lab (", mesh.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789abcdef", true)]
    [InlineData("0123456789abcde", false)]
    [InlineData("0123456789abcdeg", false)]
    [InlineData(null, false)]
    public void TryParse_Text_AcceptsSixteenHexDigits(string? text, bool valid)
    {
        Assert.Equal(valid, MeshId.TryParse(text, out MeshId id));
        Assert.Equal(valid ? text : "0000000000000000", id.ToString());
    }
}
