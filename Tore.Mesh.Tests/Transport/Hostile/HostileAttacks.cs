using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>What Mallory does, from what many cases share to the few that take several steps.</summary>
internal static class HostileAttacks
{
    private static Digest MalloryKey => HostileScene.Mallory.Identity.KeyHash;

    private static Digest AnnKey => TestNodes.Ann.Identity.KeyHash;

    private static Digest BobKey => TestNodes.Bob.Identity.KeyHash;

    /// <summary>
    /// Shows a certificate, and sends hello, proof and frames without waiting for an answer: in TLS 1.3 a dialler's handshake ends before
    /// the acceptor has judged its certificate, so that all of it is there when it is refused.
    /// </summary>
    public static Func<HostileScene, Task> Show(Func<X509Certificate2?> certificate, SslProtocols protocol = SslProtocols.Tls13) =>
        async scene =>
        {
            using X509Certificate2? shown = certificate();
            await Rush(scene, new HostileTls(shown, protocol));
        };

    /// <summary>The same with a certificate that is in order, and a TLS that is not.</summary>
    public static Func<HostileScene, Task> Speak(SslProtocols protocol, params TlsCipherSuite[] suites) => async scene =>
    {
        using X509Certificate2 rsa = HostileCertificates.Rsa();
        bool signsWithRsa = suites.Any(suite => suite.ToString().StartsWith("TLS_ECDHE_RSA", StringComparison.Ordinal));
        await Rush(scene, new HostileTls(
            signsWithRsa ? rsa : HostileScene.MalloryTls.Certificate, protocol, suites.Length == 0 ? null : suites));
    };

    /// <summary>Shows a certificate together with one that stands above it.</summary>
    public static async Task ShowTwo(HostileScene scene)
    {
        (X509Certificate2 leaf, X509Certificate2Collection above) = HostileCertificates.Two();
        await Rush(scene, new HostileTls(leaf, Above: above));
    }

    /// <summary>Answers Ann's dial with a certificate.</summary>
    public static Func<HostileScene, Task> AnswerWith(Func<X509Certificate2> certificate) => async scene =>
    {
        using X509Certificate2 shown = certificate();
        HostileEnd end = await scene.AcceptAsync(new HostileTls(shown));
        await end.SendAsync(HostileBytes.Hello(HostileScene.Lab.Id), new byte[LinkProof.Size], HostileBytes.EarlyFrames);
    };

    /// <summary>Sends bytes in the clear.</summary>
    public static Func<HostileScene, Task> SayInTheClear(byte[] bytes) => async scene =>
        await (await scene.DialPlainAsync()).SendAsync(bytes);

    /// <summary>Sends bytes within a good TLS, in the hello's place.</summary>
    public static Func<HostileScene, Task> Say(params byte[][] bytes) => async scene =>
        await (await scene.DialAsync(HostileScene.MalloryTls)).SendAsync(bytes);

    /// <summary>Says hello in order, and proves what is not its to prove.</summary>
    public static Func<HostileScene, Task> ProveWith(MeshSecret secret) => async scene =>
    {
        HostileEnd end = await scene.DialAsync(HostileScene.MalloryTls);
        await end.GreetAsync(HostileScene.Lab.Id);
        await end.SendAsync(end.Proof(secret, LinkRole.Dialler, dialled: true, MalloryKey, BobKey), HostileBytes.EarlyFrames);
    };

    /// <summary>A member, with the secret, that says something else than the link's kind.</summary>
    public static Func<HostileScene, Task> ProveThenSay(byte[] bytes) => async scene =>
    {
        HostileEnd end = await scene.DialAsync(HostileScene.MalloryTls);
        await end.GreetAsync(HostileScene.Lab.Id);
        await end.SendAsync(end.Proof(HostileScene.Lab, LinkRole.Dialler, dialled: true, MalloryKey, BobKey));
        await end.ReceiveAsync(LinkProof.Size);
        await end.SendAsync(bytes);
    };

    /// <summary>Answers Ann's hello with one of the mesh, and her proof with one made of something else.</summary>
    public static async Task AnswerWithAnotherSecret(HostileScene scene)
    {
        HostileEnd end = await scene.AcceptAsync(HostileScene.MalloryTls);
        await end.GreetAsync(HostileScene.Lab.Id);
        await end.ReceiveAsync(LinkProof.Size);
        await end.SendAsync(end.Proof(MeshSecret.Open, LinkRole.Acceptor, dialled: false, MalloryKey, AnnKey), HostileBytes.EarlyFrames);
    }

    /// <summary>Sends Ann's own proof back to her.</summary>
    public static async Task ReflectProof(HostileScene scene)
    {
        HostileEnd end = await scene.AcceptAsync(HostileScene.MalloryTls);
        await end.GreetAsync(HostileScene.Lab.Id);
        await end.SendAsync(await end.ReceiveAsync(LinkProof.Size));
    }

    /// <summary>Sends the other's own hello back, whichever way the link was dialled.</summary>
    public static async Task ReflectHello(HostileEnd end) => await end.SendAsync(await end.ReceiveAsync(LinkHello.Size));

    /// <summary>
    /// Whatever was said on an earlier link of a member comes once more, over a TLS with the same keys: only the other nonce differs.
    /// </summary>
    public static async Task ReplayDialler(HostileScene scene)
    {
        HostileEnd earlier = await scene.DialAsync(HostileScene.MalloryTls);
        await earlier.GreetAsync(HostileScene.Lab.Id);
        byte[] proof = earlier.Proof(HostileScene.Lab, LinkRole.Dialler, dialled: true, MalloryKey, BobKey);
        await earlier.SendAsync(proof, HostileBytes.Kind);
        await earlier.ReceiveAsync(LinkProof.Size);
        await using (Link stood = (await scene.Listener.AcceptAsync(TestContext.Current.CancellationToken))!)
        {
            Assert.Equal(HostileScene.Mallory.Id, stood.Peer.Id);
            await earlier.DisposeAsync();
        }
        scene.Forget(earlier);

        HostileEnd now = await scene.DialAsync(HostileScene.MalloryTls);
        await now.SendAsync(earlier.OwnHello, proof, HostileBytes.EarlyFrames);
    }

    /// <summary>The acceptor's side of an earlier link with Ann comes once more.</summary>
    public static async Task ReplayAcceptor(HostileScene scene)
    {
        HostileEnd earlier = await scene.AcceptAsync(HostileScene.MalloryTls);
        await earlier.GreetAsync(HostileScene.Lab.Id);
        await earlier.ReceiveAsync(LinkProof.Size);
        byte[] proof = earlier.Proof(HostileScene.Lab, LinkRole.Acceptor, dialled: false, MalloryKey, AnnKey);
        await earlier.SendAsync(proof);
        await using (Link stood = await scene.AnnDials!)
        {
            await earlier.DisposeAsync();
        }
        scene.Forget(earlier);

        HostileEnd now = await scene.AcceptAsync(HostileScene.MalloryTls);
        await now.GreetAsync(earlier.OwnHello);
        await now.ReceiveAsync(LinkProof.Size);
        await now.SendAsync(proof);
    }

    /// <summary>Stands between Ann and Bob with a key of its own, and carries each byte from the one to the other.</summary>
    public static async Task Relay(HostileScene scene)
    {
        HostileEnd ann = await scene.AcceptAsync(HostileScene.MalloryTls);
        HostileEnd bob = await scene.DialAsync(HostileScene.MalloryTls);
        await bob.SendAsync(await ann.ReceiveAsync(LinkHello.Size));
        await ann.SendAsync(await bob.ReceiveAsync(LinkHello.Size));
        await bob.SendAsync(await ann.ReceiveAsync(LinkProof.Size));
    }

    /// <summary>
    /// Two handshakes with one node at once, crosswise: each end is told the hello of the other, so that the node's proof as a dialler is
    /// made over the two hellos that it expects as an acceptor. Only the order of the keys differs.
    /// </summary>
    public static async Task Cross(HostileScene scene)
    {
        HostileEnd listener = await scene.DialAsync(HostileScene.MalloryTls);
        byte[] hello = await listener.ReceiveAsync(LinkHello.Size);
        HostileEnd dialler = await scene.AcceptAsync(HostileScene.MalloryTls);
        await dialler.GreetAsync(hello);
        await listener.SendAsync(dialler.OtherHello, await dialler.ReceiveAsync(LinkProof.Size), HostileBytes.EarlyFrames);
    }

    /// <summary>One byte a second: each in time, all together not.</summary>
    public static async Task Dawdle(HostileScene scene, HostileEnd end, byte[] bytes)
    {
        foreach (byte b in bytes)
        {
            await end.SendAsync([b]);
            scene.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>A key that .NET has no words for, shown by OpenSSL's client; all else is in order.</summary>
    public static Func<HostileScene, Task> ShowForeign(string keyOptions, SslProtocols protocol = SslProtocols.Tls13) => async scene =>
    {
        using var folder = new TemporaryFolder();
        (string certificate, string key) = await OpenSslClient.CertificateAsync(folder, keyOptions);
        string version = protocol == SslProtocols.Tls13 ? "-tls1_3" : "-tls1_2";
        await scene.DialWithOpenSslAsync($"{version} -cert {certificate} -key {key}", first: 0,
            HostileBytes.Hello(HostileScene.Lab.Id), new byte[LinkProof.Size], HostileBytes.EarlyFrames);
    };

    /// <summary>Once its TLS stands, asks for a second TLS handshake within it, as old TLS allowed.</summary>
    public static async Task Renegotiate(HostileScene scene)
    {
        using var folder = new TemporaryFolder();
        (string certificate, string key) = await OpenSslClient.CertificateAsync(folder, OpenSslClient.P256);
        await scene.DialWithOpenSslAsync($"-tls1_2 -cert {certificate} -key {key}", first: LinkHello.Size, "R\n"u8.ToArray());
    }

    private static async Task Rush(HostileScene scene, HostileTls how)
    {
        HostileEnd end = await scene.DialAsync(how);
        await end.SendAsync(HostileBytes.Hello(HostileScene.Lab.Id), new byte[LinkProof.Size], HostileBytes.EarlyFrames);
    }
}
