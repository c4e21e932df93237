using Tore.Mesh.Models;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// The nodes that requests may be planned over, this one included, as one snapshot with a version; whoever waits for a change is woken.
/// A member counts while it lives, has said what it can do, does not leave, and can be reached: over a control link, or in a mesh too
/// large for one with everybody over one that is dialled on demand.
/// </summary>
internal sealed class MeshView : IMeshView
{
    private readonly Lock _gate = new();
    private readonly Func<NodeId, IStageClient> _stagesOf;
    private readonly Func<Digest, ModelText?> _textOf;
    private MeshSnapshot _mesh = MeshSnapshot.Empty;
    private NodeInfo _own;
    private MeshState _current;
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Begins with this node alone.</summary>
    public MeshView(NodeInfo own, Func<NodeId, IStageClient> stagesOf, Func<Digest, ModelText?> textOf)
    {
        _own = own;
        _stagesOf = stagesOf;
        _textOf = textOf;
        _current = new MeshState(0, [own]);
    }

    /// <inheritdoc/>
    public NodeId Self => _own.Node;

    /// <inheritdoc/>
    public MeshState Current => Volatile.Read(ref _current);

    /// <summary>What this node says of itself.</summary>
    public NodeInfo Own
    {
        get
        {
            lock (_gate)
            {
                return _own;
            }
        }
    }

    /// <inheritdoc/>
    public Task WaitForChangeAsync(long version, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _current.Version > version ? Task.CompletedTask : _changed.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public IStageClient StagesOf(NodeId node) => _stagesOf(node);

    /// <inheritdoc/>
    public ModelText? TextOf(Digest model) => _textOf(model);

    /// <summary>The mesh changed; an older snapshot than the last is passed over.</summary>
    public void OnMesh(MeshSnapshot mesh)
    {
        lock (_gate)
        {
            if (mesh.Version >= _mesh.Version)
            {
                _mesh = mesh;
                Renew();
            }
        }
    }

    /// <summary>This node changed.</summary>
    public void OnOwn(Func<NodeInfo, NodeInfo> change)
    {
        lock (_gate)
        {
            _own = change(_own);
            Renew();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Renew()
    {
        bool IsUsable(MeshMember member) => member is { IsLiving: true, Capabilities.IsDraining: false }
            && (member.Link is not null || _mesh.IsPartial);
        NodeInfo[] nodes = [.. _mesh.Members.Values.Where(IsUsable).Select(m => m.Capabilities!.Value).Append(_own).OrderBy(n => n.Node)];
        Volatile.Write(ref _current, new MeshState(_current.Version + 1, nodes));
        _changed.TrySetResult();
        _changed = NewSignal();
    }
}
