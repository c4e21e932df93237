using Tore.Mesh.Models.Tokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat;

/// <summary>
/// Chat templates of the common families, for models whose own is missing or cannot be rendered (<c>--template FAMILY</c>). Where a
/// family has no system role, a leading system message goes before the first user message.
/// </summary>
public static class TemplateFamilies
{
    // USER stands for what a user message gives (its content in "text"), ASSISTANT for what an answer gives.
    private const string SystemInFirstUser =
        """
        {%- set ns = namespace(system='') -%}
        {%- for m in messages -%}
        {%- if m.role == 'system' -%}
        {%- set ns.system = m.content + '\n\n' -%}
        {%- elif m.role == 'assistant' -%}
        ASSISTANT
        {%- else -%}
        {%- set text = ns.system + m.content -%}
        {%- set ns.system = '' -%}
        USER
        {%- endif -%}
        {%- endfor -%}
        """;

    private static readonly (string Name, string Source)[] Known =
    [
        ("chatml", "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"),
        ("llama-2", "{{ bos_token }}{% set ns = namespace(system='', answered=false) %}{% for m in messages %}{% if m.role == 'system' %}"
            + "{% set ns.system = '<<SYS>>\\n' + m.content + '\\n<</SYS>>\\n\\n' %}{% elif m.role == 'assistant' %}"
            + "{{ ' ' + m.content | trim + ' ' + eos_token }}{% set ns.answered = true %}{% else %}"
            + "{{ (bos_token if ns.answered else '') + '[INST] ' + ns.system + m.content | trim + ' [/INST]' }}{% set ns.system = '' %}"
            + "{% endif %}{% endfor %}"),
        ("llama-3", "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m.role + '<|end_header_id|>\\n\\n' + m.content | trim"
            + " + '<|eot_id|>' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif %}"),
        ("mistral", "{{ bos_token }}" + WithoutSystem("{{ '[INST] ' + text + ' [/INST]' }}", "{{ ' ' + m.content + eos_token }}")),
        ("zephyr", "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + eos_token + '\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}"),
        ("phi-3", "{% for m in messages %}{{ '<|' + m.role + '|>\\n' + m.content + '<|end|>\\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% endif %}"),
        ("gemma", "{{ bos_token }}" + WithoutSystem(
                "{{ '<start_of_turn>user\\n' + text | trim + '<end_of_turn>\\n' }}",
                "{{ '<start_of_turn>model\\n' + m.content | trim + '<end_of_turn>\\n' }}")
            + "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"),
        ("deepseek", "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content }}{% elif m.role == 'assistant' %}"
            + "{{ '<｜Assistant｜>' + m.content + '<｜end▁of▁sentence｜>' }}{% else %}"
            + "{{ '<｜User｜>' + m.content }}{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<｜Assistant｜>' }}{% endif %}"),
        ("vicuna", "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content + '\\n\\n' }}"
            + "{% elif m.role == 'assistant' %}{{ 'ASSISTANT: ' + m.content + eos_token + '\\n' }}"
            + "{% else %}{{ 'USER: ' + m.content + '\\n' }}{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}"),
        ("alpaca", "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content + '\\n\\n' }}"
            + "{% elif m.role == 'assistant' %}{{ '### Response:\\n' + m.content + eos_token + '\\n\\n' }}"
            + "{% else %}{{ '### Instruction:\\n' + m.content + '\\n\\n' }}"
            + "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '### Response:\\n' }}{% endif %}"),
        ("plain", "{{ bos_token }}{% for m in messages %}{{ m.content + '\\n' }}{% endfor %}"),
    ];

    /// <summary>The names, in the order of the documentation.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(family => family.Name)];

    /// <summary>The template of a family.</summary>
    /// <exception cref="ToreException"><c>invalid_request</c> for an unknown name, with those that are known.</exception>
    public static ChatTemplate Find(string name, string bosToken, string eosToken)
    {
        foreach ((string known, string source) in Known)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
            {
                return ChatTemplate.Parse(source, bosToken, eosToken);
            }
        }
        throw new ToreException(
            ErrorCodes.InvalidRequest,
            $"There is no template family '{Excerpt.Of(name)}'; the families are {string.Join(", ", Names)}.");
    }

    private static string WithoutSystem(string user, string assistant) => SystemInFirstUser
        .Replace("USER", user, StringComparison.Ordinal).Replace("ASSISTANT", assistant, StringComparison.Ordinal);
}
