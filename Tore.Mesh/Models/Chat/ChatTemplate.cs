namespace Tore.Mesh.Models.Chat;

/// <summary>A model's own chat template, parsed.</summary>
public sealed class ChatTemplate
{
}
