namespace Tore.Mesh.Models.Tokenizers.PreTokenizers;

/// <summary>
/// The four classes of characters that the pre-tokenizers tell apart: <c>\p{L}</c>, <c>\p{N}</c>, <c>\s</c> and the rest.
/// </summary>
internal enum CharacterClass : byte
{
    /// <summary>Punctuation, symbols, marks, control characters, unassigned code points.</summary>
    Other,

    /// <summary><c>\p{L}</c></summary>
    Letter,

    /// <summary><c>\p{N}</c></summary>
    Number,

    /// <summary><c>\s</c></summary>
    Space,
}
