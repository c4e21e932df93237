using System.Collections.Immutable;
using Tore.Mesh.Coordination;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Pipelines.Ring;

public sealed class MeshModelsTests
{
    private static readonly ImmutableHashSet<NodeId> None = [];
    private static readonly Digest First = Digest.Of("first"u8), Second = Digest.Of("second"u8);

    [Fact]
    public void List_ModelsOfAllNodes_AreOneEach_UnderThisNodesOwnName()
    {
        MeshState mesh = Mesh(Node(1, Held(First, "theirs")), Node(2, Held(First, "ours")), Node(3, Held(Second, "other")));
        IReadOnlyList<ModelListing> models = MeshModels.List(mesh, FakeMesh.Id(2), _ => null);
        Assert.Equal(["other", "ours"], models.Select(m => m.Label));
        Assert.All(models, m => Assert.True(m.IsReady));
    }

    [Fact]
    public void Resolve_LabelOfTwoDigests_IsAmbiguousAndListsBoth()
    {
        MeshState mesh = Mesh(Node(1, Held(First, "same")), Node(2, Held(Second, "same")));
        ToreException error = Assert.Throws<ToreException>(() => MeshModels.Resolve(mesh, FakeMesh.Id(1), "same", _ => null));
        Assert.Equal(ErrorCodes.ModelAmbiguous, error.Code);
        Assert.Contains(First.ToString(), error.Message);
        Assert.Contains(Second.ToString(), error.Message);
        Assert.Equal(Second, MeshModels.Resolve(mesh, FakeMesh.Id(1), Second.ToString(), _ => null).Digest);
    }

    [Theory]
    [InlineData(12, true)]
    [InlineData(64, true)]
    [InlineData(11, false)]
    public void Resolve_DigestPrefix_NeedsTwelveDigits(int digits, bool found)
    {
        MeshState mesh = Mesh(Node(1, Held(First, "m")));
        string id = First.ToString()[..(7 + digits)];
        if (found)
        {
            Assert.Equal(First, MeshModels.Resolve(mesh, FakeMesh.Id(1), id, _ => null).Digest);
        }
        else
        {
            Assert.Equal(ErrorCodes.ModelNotFound, Assert.Throws<ToreException>(
                () => MeshModels.Resolve(mesh, FakeMesh.Id(1), id, _ => null)).Code);
        }
    }

    [Fact]
    public void Resolve_AnotherNodesLabel_FindsTheModel()
    {
        MeshState mesh = Mesh(Node(1, Held(First, "mine")), Node(2, Held(First, "yours")));
        Assert.Equal("mine", MeshModels.Resolve(mesh, FakeMesh.Id(1), "yours", _ => null).Label);
    }

    [Fact]
    public void Plan_LeavingAndExcludedNodes_AreLeftOut()
    {
        MeshState mesh = Mesh(Node(1, Held(First, "m")), Node(2, Held(First, "m")) with { IsDraining = true }, Node(3, Held(First, "m")));
        PlacementPlan plan = MeshModels.Plan(mesh, First, 8, ImmutableHashSet.Create(FakeMesh.Id(3)));
        Assert.Equal([FakeMesh.Id(1)], plan.Stages.Select(s => s.Node));
    }

    [Fact]
    public void Plan_NodesOfOtherArithmetic_AreNeverMixed()
    {
        NodeInfo odd = Node(2, Held(First, "m")) with { EngineFingerprint = "other" };
        PlacementPlan plan = MeshModels.Plan(Mesh(Node(1, Held(First, "m")), odd, Node(3, Held(First, "m"))), First, 8, None);
        Assert.Equal([FakeMesh.Id(1), FakeMesh.Id(3)], plan.Stages.Select(s => s.Node));
        // Where only the odd one out covers the model, it runs it alone.
        NodeInfo half = Node(1, Held(First, "m", new LayerRange(0, 3)));
        Assert.Equal([FakeMesh.Id(2)], MeshModels.Plan(Mesh(half, odd), First, 8, None).Stages.Select(s => s.Node));
    }

    [Fact]
    public void List_ContextOfTheRoute_IsTheSmallestOnIt()
    {
        MeshState mesh = Mesh(
            Node(1, Held(First, "m", new LayerRange(0, 3)) with { ContextLength = 100 }),
            Node(2, Held(First, "m", new LayerRange(4, 7)) with { ContextLength = 80 }),
            Node(3, Held(First, "m", new LayerRange(4, 7)) with { ContextLength = 10 }));
        Assert.Equal(80, Assert.Single(MeshModels.List(mesh, FakeMesh.Id(1), _ => null)).ContextLength);
    }

    private static MeshState Mesh(params NodeInfo[] nodes) => new(1, nodes);

    private static NodeInfo Node(int number, params HeldModel[] models) =>
        new() { Node = FakeMesh.Id(number), EngineFingerprint = "arith", Models = models };

    private static HeldModel Held(Digest digest, string label, LayerRange? limit = null) =>
        new(digest, label, "llama", 8, 512, limit, null);
}
