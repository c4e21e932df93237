using Tore.Mesh.Models.Chat;

namespace Tore.Mesh.Tests.Models.Chat;

public sealed class TemplateFamilyTests
{
    private static readonly ChatMessage[] Talk =
        [new("system", "Be brief."), new("user", "1+1?"), new("assistant", "2"), new("user", "2+2?")];

    [Theory]
    [InlineData("chatml", "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n2<|im_end|>\n"
        + "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("llama-2", "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n1+1? [/INST] 2 </s><s>[INST] 2+2? [/INST]")]
    [InlineData("llama-3", "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
        + "<|start_header_id|>user<|end_header_id|>\n\n1+1?<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\n2<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n2+2?<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\n")]
    [InlineData("mistral", "<s>[INST] Be brief.\n\n1+1? [/INST] 2</s>[INST] 2+2? [/INST]")]
    [InlineData("zephyr", "<|system|>\nBe brief.</s>\n<|user|>\n1+1?</s>\n<|assistant|>\n2</s>\n<|user|>\n2+2?</s>\n<|assistant|>\n")]
    [InlineData("phi-3", "<|system|>\nBe brief.<|end|>\n"
        + "<|user|>\n1+1?<|end|>\n<|assistant|>\n2<|end|>\n<|user|>\n2+2?<|end|>\n<|assistant|>\n")]
    [InlineData("gemma", "<s><start_of_turn>user\nBe brief.\n\n1+1?<end_of_turn>\n"
        + "<start_of_turn>model\n2<end_of_turn>\n<start_of_turn>user\n2+2?"
        + "<end_of_turn>\n<start_of_turn>model\n")]
    [InlineData("deepseek", "<s>Be brief.<｜User｜>1+1?<｜Assistant｜>2<｜end▁of▁sentence｜><｜User｜>2+2?<｜Assistant｜>")]
    [InlineData("vicuna", "<s>Be brief.\n\nUSER: 1+1?\nASSISTANT: 2</s>\nUSER: 2+2?\nASSISTANT:")]
    [InlineData("alpaca", "<s>Be brief.\n\n### Instruction:\n1+1?\n\n### Response:\n2</s>\n\n### Instruction:\n2+2?\n\n### Response:\n")]
    [InlineData("plain", "<s>Be brief.\n1+1?\n2\n2+2?\n")]
    public void Find_Family_RendersItsDialect(string name, string expected) =>
        Assert.Equal(expected, TemplateFamilies.Find(name, "<s>", "</s>").RenderText(Talk, addGenerationPrompt: true));

    [Fact]
    public void Names_EveryFamily_KeepsContentsUntrusted() =>
        Assert.All(TemplateFamilies.Names, name => Assert.All(
            TemplateFamilies.Find(name, "<s>", "</s>").Render([new("user", "evil"), new("assistant", "evil")], true),
            segment => Assert.True(!segment.Trusted || !segment.Text.Contains("evil", StringComparison.Ordinal), name)));
}
