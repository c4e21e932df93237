using System.Collections.Frozen;
using System.Text;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>The text side of a model: its tokenizer and, where the file has one, its chat template. Safe for many threads.</summary>
public sealed class ModelText
{
    private readonly Lazy<FrozenSet<int>> _endIds;
    private readonly ToreException? _templateFault;

    /// <summary>Joins the two.</summary>
    public ModelText(ITokenizer tokenizer, ChatTemplate? template)
        : this(tokenizer, template, null)
    {
    }

    private ModelText(ITokenizer tokenizer, ChatTemplate? template, ToreException? templateFault)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Tokenizer = tokenizer;
        Template = template;
        _templateFault = templateFault;
        _endIds = new Lazy<FrozenSet<int>>(() => [.. tokenizer.EndIds, .. TurnEnds.Find(tokenizer, template)]);
    }

    /// <summary>The tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The chat template, or null where the file has none or one that cannot be parsed.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>Whether the file has a chat template, even one that cannot be parsed (then <see cref="EncodeChat"/> says why).</summary>
    public bool HasTemplate => Template is not null || _templateFault is not null;

    /// <summary>
    /// Every token that ends a generation: those that the file names (eos, eot, eom and the well-known texts), and the one with
    /// which the template closes an assistant turn.
    /// </summary>
    public IReadOnlySet<int> EndIds => _endIds.Value;

    /// <summary>
    /// Reads both from a model file's metadata; needs no tensors, and the file may be closed afterwards. A template that cannot be
    /// parsed is an error only when a chat is encoded.
    /// </summary>
    /// <param name="file">The model file.</param>
    /// <param name="templateFamily">One of <see cref="TemplateFamilies.Names"/> to use instead of the file's template.</param>
    /// <exception cref="ToreException">
    /// <c>unknown_tokenizer</c>; <c>model_malformed</c>, <c>model_bad_value</c> or <c>model_limit</c> for a bad vocabulary;
    /// <c>invalid_request</c> for an unknown family.
    /// </exception>
    public static ModelText Open(GgufFile file, string? templateFamily = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        ITokenizer tokenizer = TokenizerFactory.Make(VocabularyReader.Read(file.Metadata));
        string bos = TextOf(tokenizer, tokenizer.BosId);
        string eos = TextOf(tokenizer, tokenizer.EosId);
        if (templateFamily is not null)
        {
            return new ModelText(tokenizer, TemplateFamilies.Find(templateFamily, bos, eos));
        }
        if (!file.Metadata.TryGetString("tokenizer.chat_template", out string? source))
        {
            return new ModelText(tokenizer, null);
        }
        try
        {
            return new ModelText(tokenizer, ChatTemplate.Parse(source, bos, eos));
        }
        catch (ToreException fault)
        {
            return new ModelText(tokenizer, null, fault);
        }
    }

    /// <summary>
    /// The ids of a conversation: what the template writes with special tokens read, what came with the messages as plain text.
    /// BOS is there once, whether the template writes it or the vocabulary asks for it.
    /// </summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">End with the head of an answer, where the template can.</param>
    /// <param name="parseSpecial">Read special tokens in the messages too; whoever writes them can then forge turns.</param>
    /// <exception cref="ToreException">
    /// <c>template_refused</c>, <c>template_unsupported</c>, <c>template_limit</c>; <c>invalid_request</c> where there is no template.
    /// </exception>
    public List<int> EncodeChat(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, bool parseSpecial = false)
    {
        IReadOnlyList<TextSegment> segments = RequireTemplate().Render(messages, addGenerationPrompt);
        List<int> ids = [];
        Tokenizer.EncodePrompt(parseSpecial ? [.. segments.Select(segment => segment with { Trusted = true })] : segments, ids);
        return ids;
    }

    /// <summary>The ids of a prompt that is plain text: BOS first where the vocabulary asks for it, once, and no EOS.</summary>
    public List<int> EncodeText(string text, bool parseSpecial = false)
    {
        List<int> ids = [];
        Tokenizer.EncodePrompt([new TextSegment(text, parseSpecial)], ids);
        return ids;
    }

    /// <summary>The chat template, or the reason why there is none.</summary>
    /// <exception cref="ToreException"><c>template_unsupported</c>, <c>template_limit</c> or <c>invalid_request</c>.</exception>
    public ChatTemplate RequireTemplate()
    {
        if (_templateFault is not null)
        {
            throw new ToreException(_templateFault.Code, _templateFault.Message, _templateFault);
        }
        return Template ?? throw new ToreException(
            ErrorCodes.InvalidRequest,
            "The model's file has no chat template; use --raw, or --template FAMILY with one of "
                + $"{string.Join(", ", TemplateFamilies.Names)}.");
    }

    private static string TextOf(ITokenizer tokenizer, int? id) =>
        id is null ? "" : Encoding.UTF8.GetString(tokenizer.BytesOf(id.Value, showControl: true).Span);
}
