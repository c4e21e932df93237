namespace Tore.Mesh.Models.Tokenizers;

/// <summary>What a token is for; the numbers are those of <c>tokenizer.ggml.token_type</c>.</summary>
internal enum TokenKind : byte
{
    /// <summary>No kind given.</summary>
    Undefined = 0,

    /// <summary>Ordinary text.</summary>
    Normal = 1,

    /// <summary>Stands for what the vocabulary cannot write.</summary>
    Unknown = 2,

    /// <summary>Has a meaning and no text: beginning, end, turn markers.</summary>
    Control = 3,

    /// <summary>Text that is always cut out whole, before anything else.</summary>
    UserDefined = 4,

    /// <summary>Kept in the table, given by no training text.</summary>
    Unused = 5,

    /// <summary>One byte of text that no other token covers.</summary>
    Byte = 6,
}
