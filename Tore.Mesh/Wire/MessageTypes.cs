namespace Tore.Mesh.Wire;

/// <summary>Where each message may stand.</summary>
internal static class MessageTypes
{
    /// <summary>The links that carry <paramref name="type"/>; 0 for a number that this version does not know, which is skipped.</summary>
    public static LinkKind LinksOf(MessageType type) => type switch
    {
        MessageType.LinkOpen or MessageType.Goodbye
            or MessageType.CloseSequence or MessageType.SequenceFailed or MessageType.TokenAck => LinkKind.Control | LinkKind.Activation,
        MessageType.Ping or MessageType.Pong or MessageType.DialRequest
            or MessageType.PingRequest or MessageType.PingAnswer or MessageType.Gossip or MessageType.Introduction
            or MessageType.TableDigest or MessageType.TableSummary or MessageType.TableEntries
            or MessageType.OpenShard or MessageType.ShardOpened or MessageType.Refused
            or MessageType.CapabilityRecords or MessageType.CapabilityDigest
            or MessageType.CapabilitySummary or MessageType.CapabilityRequest
            or MessageType.OpenSequence or MessageType.StartSequence or MessageType.SequenceOpened => LinkKind.Control,
        MessageType.Activations or MessageType.Token or MessageType.ChunkDone => LinkKind.Activation,
        _ => 0,
    };
}
