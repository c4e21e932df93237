namespace Tore.Mesh.Models.Tokenizers;

/// <summary>A stretch of text, in UTF-16 units, in which control tokens are read as such.</summary>
internal readonly record struct SpecialArea(int Start, int End);
