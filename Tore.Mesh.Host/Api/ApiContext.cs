using Microsoft.Extensions.Logging;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api;

/// <summary>What the routes stand on.</summary>
internal sealed record ApiContext
{
    /// <summary>Text in, text out.</summary>
    public required InferenceService Inference { get; init; }

    /// <summary>The layers of a model that are open here; throws <c>model_not_found</c> or <c>model_not_ready</c>.</summary>
    public required FindShard FindShard { get; init; }

    /// <summary>Gives requests without a seed one.</summary>
    public required Func<ulong> ChooseSeed { get; init; }

    /// <summary>A snapshot of the node.</summary>
    public required Func<NodeStatus> Status { get; init; }

    /// <summary>Whom the node tried to reach or turned away.</summary>
    public required Func<ContactsStatus> Contacts { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where failures are told; never prompts, outputs or secrets.</summary>
    public required ILogger Log { get; init; }

    /// <summary>Special tokens in callers' texts are read as such (<c>--parse-special</c>).</summary>
    public bool ParseSpecial { get; init; }

    /// <summary>What the node counted; null where there is no node behind the interface.</summary>
    public Func<NodeCounters>? Counters { get; init; }

    /// <summary>The times of the interface.</summary>
    public ApiTimeouts Timeouts { get; init; } = new();

    /// <summary>What is counted.</summary>
    public ApiMetrics Metrics { get; } = new();
}
