using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Node;

public sealed class ParkedMessagesTests
{
    private readonly ParkedMessages _parked = new();
    private readonly List<string> _sent = [];

    [Fact]
    public void Send_WhatWaitsForAPeer_GoesOutOnceInItsOrder()
    {
        Assert.True(_parked.TryAdd(TestIds.Of(1), Note("a"), out bool isFirst) && isFirst);
        Assert.True(_parked.TryAdd(TestIds.Of(2), Note("other"), out isFirst) && isFirst);
        Assert.True(_parked.TryAdd(TestIds.Of(1), Note("b"), out isFirst) && !isFirst);
        _parked.Send(TestIds.Of(1), null!);
        _parked.Send(TestIds.Of(1), null!);
        Assert.Equal(["a", "b"], _sent);
        Assert.True(_parked.TryAdd(TestIds.Of(1), Note("c"), out isFirst) && isFirst);
    }

    [Fact]
    public void Drop_TellsWhetherSomethingWaited()
    {
        Assert.False(_parked.Drop(TestIds.Of(1)));
        Assert.True(_parked.TryAdd(TestIds.Of(1), Note("a"), out _));
        Assert.True(_parked.Drop(TestIds.Of(1)));
        Assert.False(_parked.Drop(TestIds.Of(1)));
        _parked.Send(TestIds.Of(1), null!);
        Assert.Empty(_sent);
    }

    [Fact]
    public void TryAdd_MoreThanIsKept_IsRefused_ForOnePeerAndForAll()
    {
        int taken = 0;
        for (int i = 0; i < 2 * Limits.ParkedMessages; i++)
        {
            taken += _parked.TryAdd(TestIds.Of(0), Note(""), out _) ? 1 : 0;
        }
        Assert.InRange(taken, 1, Limits.ParkedMessages / 4);
        for (int i = 0; i < 2 * Limits.ParkedMessages; i++)
        {
            taken += _parked.TryAdd(TestIds.Of(i), Note(""), out _) ? 1 : 0;
        }
        Assert.Equal(Limits.ParkedMessages, taken);
        Assert.True(_parked.Drop(TestIds.Of(0)));
        Assert.True(_parked.TryAdd(TestIds.Of(0), Note(""), out _));
    }

    private Action<Link> Note(string what) => _ => _sent.Add(what);
}
