using Tore.Mesh.Models.Chat.Jinja;
using Tore.Mesh.Models.Chat.Jinja.Library;
using Tore.Mesh.Models.Chat.Jinja.Statements;
using Tore.Mesh.Models.Chat.Jinja.Syntax;
using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat;

/// <summary>
/// A chat template, parsed: the part of Jinja2 that such templates use, rendered as model hubs do (<c>trim_blocks</c>,
/// <c>lstrip_blocks</c>, <c>raise_exception</c>, no clock), within the limits of <see cref="Limits"/>. Immutable; safe for
/// many threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly Block _body;
    private readonly JinjaText _bosToken;
    private readonly JinjaText _eosToken;

    private ChatTemplate(Block body, string bosToken, string eosToken)
    {
        _body = body;
        _bosToken = new JinjaText(bosToken, trusted: true);
        _eosToken = new JinjaText(eosToken, trusted: true);
    }

    /// <summary>Parses a template.</summary>
    /// <param name="source">Its text.</param>
    /// <param name="bosToken">Text of the beginning-of-sequence token; empty where there is none.</param>
    /// <param name="eosToken">Text of the end-of-sequence token; empty where there is none.</param>
    /// <exception cref="ToreException">
    /// <c>template_unsupported</c>, naming the construct and its line, or <c>template_limit</c>.
    /// </exception>
    public static ChatTemplate Parse(string source, string bosToken, string eosToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(bosToken);
        ArgumentNullException.ThrowIfNull(eosToken);
        try
        {
            return new ChatTemplate(StatementParser.Parse(source), bosToken, eosToken);
        }
        catch (JinjaException fault)
        {
            throw Unsupported(fault, fault.Line);
        }
    }

    /// <summary>Renders a conversation, keeping apart what the template wrote (trusted) and what came with the messages.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">End with the head of an answer, where the template can.</param>
    /// <exception cref="ToreException">
    /// <c>template_refused</c> with the template's own words; <c>template_unsupported</c>; <c>template_limit</c>.
    /// </exception>
    public IReadOnlyList<TextSegment> Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        Rendering rendering = new();
        Scope globals = new(rendering, null);
        Globals.Define(globals);
        globals.Set("messages", new JinjaList([.. messages.Select(ToValue)]));
        globals.Set("add_generation_prompt", addGenerationPrompt);
        globals.Set("bos_token", _bosToken);
        globals.Set("eos_token", _eosToken);
        globals.Set("tools", null);
        globals.Set("documents", null);
        try
        {
            _body.Execute(globals.Inner());
        }
        catch (JinjaException fault)
        {
            throw Unsupported(fault, rendering.Line);
        }
        return rendering.Output.ToText().ToSegments();
    }

    /// <summary>Renders a conversation as one text.</summary>
    /// <exception cref="ToreException">As <see cref="Render"/>.</exception>
    public string RenderText(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt) =>
        string.Concat(Render(messages, addGenerationPrompt).Select(segment => segment.Text));

    private static JinjaDict ToValue(ChatMessage message)
    {
        JinjaDict value = new();
        value.Set("role", new JinjaText(message.Role, trusted: false));
        value.Set("content", new JinjaText(message.Content, trusted: false));
        return value;
    }

    private static ToreException Unsupported(JinjaException fault, int line) => new(
        ErrorCodes.TemplateUnsupported,
        $"The chat template cannot be rendered: line {line}: {fault.Message}. Use --template FAMILY or --raw instead.",
        fault);
}
