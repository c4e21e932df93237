using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Node;

public sealed class NodeAdmissionTests
{
    private static readonly NodeId One = NodeOf(1), Two = NodeOf(2), Three = NodeOf(3);

    [Fact]
    public async Task Refusal_ListsOfOptionsAndFolder_CountTogether()
    {
        using var folder = new TemporaryFolder();
        AdmissionList.Banned(folder.FullPath).Add(One);
        await using var everybody = new NodeAdmission(folder.FullPath, [], [Two], TimeProvider.System, NullLogger.Instance);
        Assert.Equal([ErrorCodes.Banned, ErrorCodes.Banned, null], ((NodeId[])[One, Two, Three]).Select(everybody.Refusal));
        AdmissionList.Allowed(folder.FullPath).Add(One);
        await using var some = new NodeAdmission(folder.FullPath, [Two], [], TimeProvider.System, NullLogger.Instance);
        // A ban outweighs; whoever is on neither list is outside as soon as there is an allow list.
        Assert.Equal([ErrorCodes.Banned, null, ErrorCodes.NotAllowed], ((NodeId[])[One, Two, Three]).Select(some.Refusal));
    }

    [Fact]
    public async Task Changed_ListChangesWhileTheNodeRuns_IsToldOnceAndHolds()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider();
        await using var admission = new NodeAdmission(folder.FullPath, [], [], time, NullLogger.Instance);
        int changes = 0;
        admission.Changed = () => changes++;
        AdmissionList.Banned(folder.FullPath).Add(One);
        Assert.Null(admission.Refusal(One));
        time.Advance(NodeAdmission.LookInterval);
        Assert.Equal(ErrorCodes.Banned, admission.Refusal(One));
        time.Advance(NodeAdmission.LookInterval);
        Assert.Equal(1, changes);
        AdmissionList.Banned(folder.FullPath).Remove(One);
        time.Advance(NodeAdmission.LookInterval);
        Assert.Null(admission.Refusal(One));
        Assert.Equal(2, changes);
    }

    private static NodeId NodeOf(byte last) => new(new Guid([0, 0, 0, 0, 0, 0, 0, 0x80, 0x80, 0, 0, 0, 0, 0, 0, last]));
}
