using Tore.Mesh.Membership;
using Tore.Mesh.Models;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>The live nodes, this one included, as one snapshot with a version; whoever waits for a change is woken.</summary>
internal sealed class MeshView : IMeshView
{
    private readonly Lock _gate = new();
    private readonly Func<NodeId, IStageClient> _stagesOf;
    private readonly Func<Digest, ModelText?> _textOf;
    private PeerSnapshot _members = PeerSnapshot.Empty;
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

    /// <summary>Members changed; an older snapshot than the last is passed over.</summary>
    public void OnMembers(PeerSnapshot members)
    {
        lock (_gate)
        {
            if (members.Version > _members.Version)
            {
                _members = members;
                Renew();
            }
        }
    }

    /// <summary>This node changed: gives it the next revision.</summary>
    public void OnOwn(Func<NodeInfo, NodeInfo> change)
    {
        lock (_gate)
        {
            _own = change(_own) with { Revision = _own.Revision + 1 };
            Renew();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Renew()
    {
        NodeInfo[] nodes = [.. _members.Members.Values.Select(m => m.Info).Append(_own).OrderBy(n => n.Node)];
        Volatile.Write(ref _current, new MeshState(_current.Version + 1, nodes));
        _changed.TrySetResult();
        _changed = NewSignal();
    }
}
