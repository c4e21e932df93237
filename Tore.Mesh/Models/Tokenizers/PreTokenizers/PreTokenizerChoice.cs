using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Tokenizers.PreTokenizers;

/// <summary>A pre-tokenizer by the name that a file gives it, with what that name says besides.</summary>
/// <param name="Splitter">Cuts text into words.</param>
/// <param name="WholeWordsFirst">A word that is a token as it stands is not merged ("ignore merges").</param>
/// <param name="AddsBos">A prompt begins with BOS where the file does not say.</param>
internal sealed record PreTokenizerChoice(PreTokenizer Splitter, bool WholeWordsFirst, bool AddsBos)
{
    private static readonly PreTokenizerChoice Gpt2 = new(new Gpt2PreTokenizer(numbersApart: false), false, false);
    private static readonly PreTokenizerChoice NumbersApart = new(new Gpt2PreTokenizer(numbersApart: true), false, false);
    private static readonly PreTokenizerChoice Llama3 = new(new Llama3PreTokenizer(digits: 3), true, true);
    private static readonly PreTokenizerChoice Dbrx = new(new Llama3PreTokenizer(digits: 3), false, false);
    private static readonly PreTokenizerChoice Qwen2 = new(new Llama3PreTokenizer(digits: 1), false, false);
    private static readonly PreTokenizerChoice Default = new(new DefaultPreTokenizer(), false, false);

    private static readonly (string Name, PreTokenizerChoice Choice)[] Known =
    [
        ("default", Default),
        ("gpt-2", Gpt2), ("gpt2", Gpt2), ("phi-2", Gpt2), ("mpt", Gpt2), ("olmo", Gpt2), ("jais", Gpt2), ("gigachat", Gpt2),
        ("roberta-bpe", Gpt2),
        ("llama-bpe", Llama3), ("llama-3", Llama3), ("llama3", Llama3), ("llama-v3", Llama3), ("falcon3", Llama3),
        ("dbrx", Dbrx), ("smaug-bpe", Dbrx),
        ("qwen2", Qwen2), ("deepseek-r1-qwen", Qwen2), ("stablelm2", Qwen2), ("megrez", Qwen2),
        ("smollm", NumbersApart), ("starcoder", NumbersApart), ("refact", NumbersApart), ("command-r", NumbersApart),
        ("codeshell", NumbersApart), ("exaone", NumbersApart), ("minerva-7b", NumbersApart),
    ];

    /// <summary>The choice for a name; none means <c>default</c>.</summary>
    /// <exception cref="ToreException"><c>unknown_tokenizer</c>, with the names that are known.</exception>
    public static PreTokenizerChoice Find(string? name)
    {
        foreach ((string known, PreTokenizerChoice choice) in Known)
        {
            if (known == (string.IsNullOrEmpty(name) ? "default" : name))
            {
                return choice;
            }
        }
        throw new ToreException(
            ErrorCodes.UnknownTokenizer,
            $"The file's pre-tokenizer '{Excerpt.Of(name)}' is not known; known are "
            + $"{string.Join(", ", Known.Select(entry => entry.Name))}.");
    }
}
