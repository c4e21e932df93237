using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>
/// Whom this node links with: everybody while the mesh is small, else some that it chose at random. Pure; every change costs O(1).
/// </summary>
internal sealed class Neighbourhood(LinkDirectoryOptions options, Random random)
{
    /// <summary>Draws in a row that may miss; in a large mesh few do.</summary>
    private const int DrawsMax = 32;

    private readonly List<NodeId> _members = [];
    private readonly Dictionary<NodeId, int> _places = [];
    private readonly List<NodeId> _chosen = [];

    /// <summary>Whether the mesh is too large for everybody to link with everybody.</summary>
    public bool IsSparse { get; private set; }

    /// <summary>Living members without this node, in no order that means anything.</summary>
    public IReadOnlyList<NodeId> Members => _members;

    /// <summary>The chosen neighbours, longest first.</summary>
    public IReadOnlyList<NodeId> Chosen => _chosen;

    /// <summary>Whether the node is a living member.</summary>
    public bool IsMember(NodeId node) => _places.ContainsKey(node);

    /// <summary>Whether this node chose it.</summary>
    public bool IsChosen(NodeId node) => IsSparse && _chosen.Contains(node);

    /// <summary>A member is there; true when that changed whom to link with altogether.</summary>
    public bool Add(NodeId node)
    {
        if (_places.TryAdd(node, _members.Count))
        {
            _members.Add(node);
        }
        return Judge();
    }

    /// <summary>A member is gone; true when that changed whom to link with altogether.</summary>
    public bool Remove(NodeId node)
    {
        if (_places.Remove(node, out int place))
        {
            NodeId last = _members[^1];
            _members.RemoveAt(_members.Count - 1);
            if (last != node)
            {
                (_members[place], _places[last]) = (last, place);
            }
            _chosen.Remove(node);
        }
        return Judge();
    }

    /// <summary>Chooses another neighbour out of those that are <paramref name="fit"/>; null when none was met.</summary>
    public NodeId? Draw(Func<NodeId, bool> fit)
    {
        for (int i = 0; i < DrawsMax && _members.Count > _chosen.Count; i++)
        {
            NodeId node = _members[random.Next(_members.Count)];
            if (!_chosen.Contains(node) && fit(node))
            {
                _chosen.Add(node);
                return node;
            }
        }
        return null;
    }

    /// <summary>Takes back a choice.</summary>
    public bool Drop(NodeId node) => _chosen.Remove(node);

    /// <summary>Back to everybody only well below the limit, so that a mesh of that very size does not go to and fro.</summary>
    private bool Judge()
    {
        int nodes = _members.Count + 1;
        bool isSparse = nodes > (IsSparse ? options.FullMeshNodes * 7 / 8 : options.FullMeshNodes);
        if (isSparse == IsSparse)
        {
            return false;
        }
        IsSparse = isSparse;
        _chosen.Clear();
        return true;
    }
}
