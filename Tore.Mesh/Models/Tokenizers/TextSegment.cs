namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// A stretch of a prompt and who wrote it. Special tokens are read only in trusted text (a template's own); text that came
/// with a message is plain, so that nobody can write the token that ends a turn.
/// </summary>
public readonly record struct TextSegment(string Text, bool Trusted);
