using System.Net.NetworkInformation;
using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Node;

namespace Tore.Mesh.Tests.Node;

public sealed class AddressWatchTests
{
    [Fact]
    public async Task Look_OnlyOtherAddresses_AreTold()
    {
        var time = new FakeTimeProvider();
        IReadOnlyList<string> present = ["192.0.2.1:7601"];
        bool fails = false;
        List<string> told = [];
        await using var watch = new AddressWatch(
            present, () => fails ? throw new NetworkInformationException() : present, now => told.Add(string.Join(' ', now)), time);
        time.Advance(AddressWatch.LookInterval);
        Assert.Empty(told);
        present = ["192.0.2.1:7601", "198.51.100.4:7601"];
        time.Advance(AddressWatch.LookInterval);
        time.Advance(AddressWatch.LookInterval);
        fails = true;
        present = [];
        time.Advance(AddressWatch.LookInterval);
        Assert.Equal(["192.0.2.1:7601 198.51.100.4:7601"], told);
        (fails, present) = (false, ["192.0.2.1:7601"]);
        time.Advance(AddressWatch.LookInterval);
        Assert.Equal(2, told.Count);
    }
}
