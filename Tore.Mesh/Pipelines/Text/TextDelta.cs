namespace Tore.Mesh.Pipelines.Text;

/// <summary>
/// More text: whole characters, never part of a stop string, possibly none while a character or a stop string may follow.
/// </summary>
/// <param name="Text">The text to append.</param>
/// <param name="Tokens">The tokens whose text is shown with it.</param>
public sealed record TextDelta(string Text, IReadOnlyList<TextToken> Tokens) : TextEvent;
