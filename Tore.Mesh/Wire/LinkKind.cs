namespace Tore.Mesh.Wire;

/// <summary>What a link is for. The two are separate connections, so that a big prefill never delays a ping.</summary>
[Flags]
internal enum LinkKind : byte
{
    /// <summary>Messages about members, shards and sequences; frames of at most 1 MiB.</summary>
    Control = 1,

    /// <summary>Activations and tokens; frames of at most 16 MiB of tensor and their header.</summary>
    Activation = 2,
}
