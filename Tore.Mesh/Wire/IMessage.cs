namespace Tore.Mesh.Wire;

/// <summary>
/// One message: a value that knows its number and its fields' order, and nothing else. On the wire it is a MessagePack array;
/// a reader takes the fields that it knows and skips what a newer writer added behind them.
/// </summary>
/// <typeparam name="TSelf">The message itself.</typeparam>
internal interface IMessage<TSelf>
    where TSelf : struct, IMessage<TSelf>
{
    /// <summary>Its number.</summary>
    static abstract MessageType Type { get; }

    /// <summary>Appends the body.</summary>
    void Write(ref MessagePackWriter writer);

    /// <summary>Reads a body; false leaves the reason in <see cref="MessagePackReader.Failure"/>.</summary>
    static abstract bool TryRead(ref MessagePackReader reader, out TSelf message);
}
