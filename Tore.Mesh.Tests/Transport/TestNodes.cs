using Tore.Mesh.Identity;

namespace Tore.Mesh.Tests.Transport;

/// <summary>Two identities that all tests of one process may use: making keys costs more than most tests.</summary>
internal static class TestNodes
{
    public static NodeKey Ann { get; } = NodeKey.Create();

    public static NodeKey Bob { get; } = NodeKey.Create();

    public static NodeCertificate AnnCertificate { get; } = NodeCertificate.Create(Ann);

    public static NodeCertificate BobCertificate { get; } = NodeCertificate.Create(Bob);
}
