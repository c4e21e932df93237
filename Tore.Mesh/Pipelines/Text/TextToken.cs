namespace Tore.Mesh.Pipelines.Text;

/// <summary>A generated token and the bytes that it stands for.</summary>
/// <param name="Token">The token with what was asked of it.</param>
/// <param name="Bytes">Its bytes, possibly part of a UTF-8 character; cut where a stop string begins; none for an end token.</param>
public readonly record struct TextToken(GeneratedToken Token, ReadOnlyMemory<byte> Bytes);
