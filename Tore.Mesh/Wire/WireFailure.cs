namespace Tore.Mesh.Wire;

/// <summary>Why bytes could not be read as a message.</summary>
internal enum WireFailure
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>
    /// Not MessagePack, another type than the field's, a value out of range, or bytes missing or left over: <c>wire_malformed</c>.
    /// </summary>
    Malformed,

    /// <summary>A length, count or depth above its limit; nothing was allocated for it: <c>wire_limit</c>.</summary>
    Limit,
}
