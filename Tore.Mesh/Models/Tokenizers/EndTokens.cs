namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// Texts by which chat models name their end of a turn, for files whose metadata names only one of several. They are the
/// texts that llama.cpp knows too.
/// </summary>
internal static class EndTokens
{
    private static readonly string[] AlwaysControl =
    [
        "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>",
        "<|end_of_turn|>", "<|return|>", "<｜end▁of▁sentence｜>",
    ];

    private static readonly string[] IfControl = ["</s>", "<eos>", "<EOT>", "<|END_OF_TURN_TOKEN|>"];

    /// <summary>Whether a token of this text and kind ends a generation.</summary>
    public static bool IsEnd(string text, TokenKind kind) =>
        IsAlwaysControl(text) || (kind == TokenKind.Control && Array.IndexOf(IfControl, text) >= 0);

    /// <summary>Whether this text is a control token even where the file calls it something else, as some converters do.</summary>
    public static bool IsAlwaysControl(string text) => text.Length > 5 && text[0] == '<' && Array.IndexOf(AlwaysControl, text) >= 0;
}
