using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// Take a slot for one request on one stage. The entry node asks the stages in layer order, one after the other, so that two entry
/// nodes never wait for each other. Answered by <see cref="SequenceOpened"/> once the slot is granted, or by <see cref="Refused"/>;
/// <see cref="CloseSequence"/> also ends the wait. What is to be generated follows in <see cref="StartSequence"/>.
/// </summary>
internal readonly record struct OpenSequence : IMessage<OpenSequence>
{
    /// <summary>Makes an empty request.</summary>
    public OpenSequence()
    {
    }

    /// <summary>The asker's number for the answer, its own on each link.</summary>
    public uint Call { get; init; }

    /// <summary>Names the request in frames: random, made by the entry node.</summary>
    public Guid Sequence { get; init; }

    /// <summary>Number of the route, from 1; frames of an older route are dropped.</summary>
    public uint Route { get; init; }

    /// <summary>The model.</summary>
    public Digest Model { get; init; }

    /// <summary>The node that the client asked: it gets the tokens and sends the prompt.</summary>
    public NodeId Entry { get; init; }

    /// <summary>All stages in layer order; they cover the model.</summary>
    public IReadOnlyList<RouteStage> Stages { get; init; } = [];

    /// <summary>Which of <see cref="Stages"/> the receiver is to be.</summary>
    public int Stage { get; init; }

    /// <summary>Positions that the request may use: prompt and generated tokens.</summary>
    public int Positions { get; init; }

    /// <inheritdoc/>
    public static MessageType Type => MessageType.OpenSequence;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(8);
        writer.Write(Call);
        writer.Write(Sequence);
        writer.Write(Route);
        writer.Write(Model);
        writer.Write(Entry);
        writer.WriteArrayHeader(Stages.Count);
        for (int i = 0; i < Stages.Count; i++)
        {
            Stages[i].Write(ref writer);
        }
        writer.Write(Stage);
        writer.Write(Positions);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out OpenSequence message)
    {
        message = default;
        if (!reader.TryReadFields(8, out int added)
            || !reader.TryRead(out uint call)
            || !reader.TryRead(out Guid sequence)
            || !reader.TryRead(out uint route)
            || !reader.TryRead(out Digest model)
            || !reader.TryRead(out NodeId entry)
            || !TryReadStages(ref reader, out RouteStage[] stages)
            || !reader.TryReadCount(out int stage)
            || !reader.TryReadCount(out int positions)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new OpenSequence
        {
            Call = call,
            Sequence = sequence,
            Route = route,
            Model = model,
            Entry = entry,
            Stages = stages,
            Stage = stage,
            Positions = positions,
        };
        return stage < stages.Length || reader.Refuse(WireFailure.Malformed);
    }

    private static bool TryReadStages(ref MessagePackReader reader, out RouteStage[] stages)
    {
        stages = [];
        if (!reader.TryReadArrayHeader(Limits.WireStages, out int count))
        {
            return false;
        }
        stages = new RouteStage[count];
        for (int i = 0; i < count; i++)
        {
            if (!RouteStage.TryRead(ref reader, out stages[i]))
            {
                return false;
            }
        }
        return true;
    }
}
