using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Tokenizers;

public sealed class RoundTripTests
{
    [Theory]
    [InlineData("golden/tokenizers/gpt-2.gguf")]
    [InlineData("golden/tokenizers/llama-3.gguf")]
    [InlineData("golden/tokenizers/llama-spm.gguf")]
    [InlineData("golden/tokenizers/qwen2.gguf")]
    [InlineData("models/stories.gguf")]
    public void Decode_EncodedText_IsTheText(string file)
    {
        using GgufFile gguf = GgufFile.Open(SharedFiles.Require(file));
        ITokenizer tokenizer = ModelText.Open(gguf).Tokenizer;
        Prop.ForAll<UnicodeString>(any =>
        {
            // Surrogates without a partner are U+FFFD by contract, and U+2581 is SentencePiece's space.
            string text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(any.Get ?? "")).Replace('\u2581', ' ');
            Assert.Equal(text, StreamDecoder.Decode(tokenizer, tokenizer.Encode(text), atStart: true));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }
}
