namespace Tore.Mesh.Models.Chat;

/// <summary>One message of a conversation: role is <c>system</c>, <c>user</c> or <c>assistant</c> (a template may know others).</summary>
public sealed record ChatMessage(string Role, string Content);
