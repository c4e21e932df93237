using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>Anything may happen in any order: what holds then, whatever it was.</summary>
public sealed class LinkDirectoryRandomTests
{
    private static readonly LinkDirectoryOptions Small = new() { FullMeshNodes = 8, ChosenNeighbours = 2, MostNeighbours = 4 };

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WhateverHappens_TheBooksAreRight(int seed)
    {
        var random = new Random(seed);
        var effects = new DialList();
        for (int i = 2; i < 2 + LinkDirectoryModel.Nodes; i++)
        {
            // Addresses are shared, as behind one router or by a liar.
            effects.Recorded[LinkTown.Id(i)] = [LinkTown.Address(i).ToString(), LinkTown.Address(2 + (i % 5)).ToString()];
        }
        LinkDirectory directory = effects.Directory(1, Small);
        var model = new LinkDirectoryModel(directory, effects, random);
        for (int step = 0; step < 3000; step++)
        {
            model.Step();
            model.Check();
        }
        // Then peace: every dial fails, all links go, nobody is a member.
        model.End();
        Assert.Equal(0, directory.LinkedPeers);
        Assert.Equal(model.Reached, model.Introduced + effects.NotReached.Count);
        Assert.Null(directory.NextDeadline);
    }
}
