using Microsoft.Extensions.Logging;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Node;

/// <summary>
/// Whom this node takes for a peer: everybody of its mesh but the banned, or where there is an allow list only those on it. The lists
/// are those of the options and of the data folder together; the folder's may change while the node runs. Asked from any thread.
/// </summary>
internal sealed class NodeAdmission : IAsyncDisposable
{
    /// <summary>How soon a change of the lists is seen.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly AdmissionList _allowedHere;
    private readonly AdmissionList _bannedHere;
    private readonly IReadOnlyList<NodeId> _alwaysAllowed;
    private readonly IReadOnlyList<NodeId> _alwaysBanned;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private volatile Lists _lists;
    private string? _problem;

    /// <summary>Reads the lists; throws <c>file_not_readable</c>: a node does not start without knowing whom it is to refuse.</summary>
    public NodeAdmission(
        string dataFolder, IReadOnlyList<NodeId> allow, IReadOnlyList<NodeId> ban, TimeProvider time, ILogger logger)
    {
        _allowedHere = AdmissionList.Allowed(dataFolder);
        _bannedHere = AdmissionList.Banned(dataFolder);
        _alwaysAllowed = allow;
        _alwaysBanned = ban;
        _logger = logger;
        _lists = Read();
        _timer = time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
    }

    /// <summary>The lists changed. On a timer's thread.</summary>
    public Action? Changed { get; set; }

    /// <summary>Ids that are refused.</summary>
    public int Banned => _lists.Banned.Count;

    /// <summary>Ids that alone are admitted; 0 when everybody is.</summary>
    public int Allowed => _lists.Allowed.Count;

    /// <summary><c>banned</c> or <c>not_allowed</c>; null for a node that is admitted. A ban outweighs.</summary>
    public string? Refusal(NodeId node)
    {
        Lists lists = _lists;
        return lists.Banned.Contains(node) ? ErrorCodes.Banned
            : lists.Allowed.Count > 0 && !lists.Allowed.Contains(node) ? ErrorCodes.NotAllowed
            : null;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private Lists Read() => new([.. _alwaysAllowed, .. _allowedHere.Read()], [.. _alwaysBanned, .. _bannedHere.Read()]);

    private void Look()
    {
        Lists read;
        try
        {
            read = Read();
            _problem = null;
        }
        catch (ToreException failure)
        {
            if (_problem != failure.Message)
            {
                // Once, not every two seconds. The lists stay as they were.
                _problem = failure.Message;
                _logger.LogWarning("The allow and ban lists stay as they are: {Reason}", failure.Message);
            }
            return;
        }
        Lists known = _lists;
        if (!known.Allowed.SetEquals(read.Allowed) || !known.Banned.SetEquals(read.Banned))
        {
            _lists = read;
            _logger.LogInformation("{Allowed} nodes are on the allow list, {Banned} are banned.", read.Allowed.Count, read.Banned.Count);
            Changed?.Invoke();
        }
    }

    private sealed record Lists(HashSet<NodeId> Allowed, HashSet<NodeId> Banned);
}
