using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Storage;

public sealed class AdmissionListTests
{
    [Fact]
    public void List_AddedAndRemoved_IsReadBackInOrder()
    {
        using var folder = new TemporaryFolder();
        AdmissionList banned = AdmissionList.Banned(folder.FullPath), allowed = AdmissionList.Allowed(folder.FullPath);
        NodeId one = NodeOf(1), two = NodeOf(2);
        Assert.Empty(banned.Read());
        Assert.True(banned.Add(two));
        Assert.True(banned.Add(one));
        Assert.False(banned.Add(one));
        Assert.Equal([one, two], banned.Read());
        Assert.Empty(allowed.Read());
        Assert.True(banned.Remove(two));
        Assert.False(banned.Remove(two));
        File.WriteAllText(folder.PathOf("banned/notes.txt"), "not an id");
        Assert.Equal([one], AdmissionList.Banned(folder.FullPath).Read());
    }

    private static NodeId NodeOf(byte last) => new(new Guid([0, 0, 0, 0, 0, 0, 0, 0x80, 0x80, 0, 0, 0, 0, 0, 0, last]));
}
