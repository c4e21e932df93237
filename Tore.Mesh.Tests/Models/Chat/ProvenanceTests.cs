using Tore.Mesh.Models.Chat;

namespace Tore.Mesh.Tests.Models.Chat;

/// <summary>Who wrote which character: untrusted text is shown in brackets.</summary>
public sealed class ProvenanceTests
{
    private static readonly ChatMessage[] Messages = [new("user", " Hi,<x> "), new("assistant", "ok")];

    [Theory]
    [InlineData("a{{ messages[0].content }}b", "a[ Hi,<x> ]b")]
    [InlineData("{{ '<' + messages[0].role + '>' }}", "<[user]>")]
    [InlineData("{{ 'a' ~ messages[0].content | trim ~ 'b' }}", "a[Hi,<x>]b")]
    [InlineData("{{ ('a' + messages[1].content + 'b')[1:3] }}|{{ ('a' + messages[1].content + 'b')[::-1] }}", "[ok]|b[ko]a")]
    [InlineData("{{ messages[1].content | upper }}{{ ('x' ~ messages[1].content) | title }}", "[OK]X[ok]")]
    [InlineData("{{ messages[0].content | replace('<x>', '<y>') }}", "[ Hi,]<y>[ ]")]
    [InlineData("{{ '<r>' | replace('r', messages[1].content) }}", "<[ok]>")]
    [InlineData("{{ messages | map(attribute='role') | join('-') }}", "[user]-[assistant]")]
    [InlineData("{{ messages[0].content.split(',')[1].strip() }}", "[<x>]")]
    [InlineData("{{ messages[1] | tojson }}", "{\"role\": \"[assistant]\", \"content\": \"[ok]\"}")]
    [InlineData("{{ messages[1] }}", "{'role': '[assistant]', 'content': '[ok]'}")]
    [InlineData("{{ '%s=%s' % (messages[1].role, 5) }}", "[assistant]=5")]
    [InlineData("{{ messages[1].content * 2 }}", "[okok]")]
    [InlineData("{% set x %}<{{ messages[1].content }}>{% endset %}{{ x }}{{ x | length }}", "<[ok]>4")]
    [InlineData("{% macro f(m) %}<{{ m.content }}>{% endmacro %}{{ f(messages[1]) }}", "<[ok]>")]
    [InlineData("{% for c in messages[1].content %}{{ c }}.{% endfor %}", "[o].[k].")]
    [InlineData("{{ messages[1].content | list | join }}{{ messages[1].content | first }}{{ messages[1].content | reverse }}", "[okoko]")]
    [InlineData("{{ ('a\\n' ~ messages[1].content) | indent }}", "a\n    [ok]")]
    [InlineData("{{ messages[0].content | default('x') | string | safe }}", "[ Hi,<x> ]")]
    [InlineData("{% filter lower %}A{{ messages[0].content }}{% endfilter %}", "a[ hi,<x> ]")]
    [InlineData("{{ {'user': '<|u|>'}[messages[0].role] }}{{ messages | length }}", "<|u|>2")]
    [InlineData("{{ messages[0].content.partition(',') | join('/') }}", "[ Hi]/[,]/[<x> ]")]
    [InlineData("{{ messages[0].content.splitlines()[0].lower().capitalize().title() }}", "[ Hi,<X> ]")]
    public void Render_Operation_KeepsWhoWroteWhat(string template, string expected) =>
        Assert.Equal(expected, string.Concat(ChatTemplate.Parse(template, "", "").Render(Messages, true)
            .Select(segment => segment.Trusted ? segment.Text : $"[{segment.Text}]")));
}
