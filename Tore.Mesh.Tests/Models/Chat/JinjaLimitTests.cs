using Tore.Mesh.Models.Chat;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Models.Chat;

public sealed class JinjaLimitTests
{
    private static readonly ChatMessage[] Messages = [new("user", string.Concat(Enumerable.Repeat("ab", 50_000)))];

    public static TheoryData<string> Greedy => new()
    {
        "{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}",
        "{% for i in range(10001) %}{% endfor %}",
        "{{ range(9999999999) }}",
        "{{ range(0, -9223372036854775807, -1) }}",
        "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{{ 'x' * 5000000 }}",
        "{{ 'x' * 9223372036854775807 }}",
        "{{ [1] * 9223372036854775807 }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% for i in range(10000) %}{{ 'x' * 1000 }}{% endfor %}",
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{% macro f(x) %}{% set y %}{{ f(x) }}{% endset %}{% endmacro %}{{ f(1) }}",
        "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(200) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(200) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson }}",
        "{% set a = namespace(x=[]) %}{% set b = namespace(x=[]) %}{% for i in range(200) %}{% set a.x = [a.x] %}{% set b.x = [b.x] %}"
            + "{% endfor %}{{ a.x == b.x }}",
        "{% set a = namespace(x=1) %}{% set b = namespace(x=1) %}{% for i in range(60) %}{% set a.x = [a.x, a.x] %}"
            + "{% set b.x = [b.x, b.x] %}{% endfor %}{{ a.x == b.x }}",
        "{% set a = namespace(x=1) %}{% for i in range(60) %}{% set a.x = [a.x, a.x] %}{% endfor %}{{ a.x | string | length }}",
        "{% set y = 'a' * 500000 ~ 'b' ~ 'a' * 500000 %}{% set x = 'a' * 4000000 %}{{ y in x }}",
        "{% for i in range(9999) %}{{ messages[0].content | replace('a', 'b') | length }}{% endfor %}",
        "{% for i in range(9999) %}{% set x = messages[0].content.split('a') %}{% endfor %}",
        "{% for i in range(9999) %}{% set x = messages[0].content | list %}{% endfor %}",
        "{% for i in range(9999) %}{% set x = {messages[0].content: 1} %}{% set y = messages[0].content | upper | sort %}{% endfor %}",
        "{% set x = messages[0].content | replace('', 'x') %}{% for c in x %}{{ c }}{% endfor %}{{ x[::-1] }}{{ x * 40 }}",
        "{{ " + new string('(', 100) + "1" + new string(')', 100) + " }}",
        "{{ " + new string('[', 5_000) + new string(']', 5_000) + " }}",
        "{{ " + string.Concat(Enumerable.Repeat("not ", 5_000)) + "1 }}",
        "{{ " + string.Concat(Enumerable.Repeat("- ", 5_000)) + "1 }}",
        "{{ x" + string.Concat(Enumerable.Repeat("|trim", 5_000)) + " }}",
        "{{ messages" + string.Concat(Enumerable.Repeat("[0]", 5_000)) + " }}",
        "{{ 1" + string.Concat(Enumerable.Repeat(" if 1 else 1", 5_000)) + " }}",
        "{{ " + string.Concat(Enumerable.Repeat("{'a':", 5_000)) + "1" + new string('}', 5_000) + " }}",
        string.Concat(Enumerable.Repeat("{% if 1 %}", 5_000)),
        string.Concat(Enumerable.Repeat("{% for i in [1] %}", 100)) + string.Concat(Enumerable.Repeat("{% endfor %}", 100)),
    };

    [Theory]
    [MemberData(nameof(Greedy))]
    public void Render_GreedyTemplate_EndsWithALimit(string template)
    {
        ToreException error = Assert.Throws<ToreException>(() => ChatTemplate.Parse(template, "", "").RenderText(Messages, true));
        Assert.Equal(ErrorCodes.TemplateLimit, error.Code);
    }

    [Fact]
    public void Render_LongFlatTemplates_AreNoDeeperThanShortOnes()
    {
        string sum = "{{ 0" + string.Concat(Enumerable.Repeat(" + 1", 5_000)) + " }}";
        string choice = "{% if 0 %}" + string.Concat(Enumerable.Repeat("{% elif 0 %}", 5_000)) + "{% else %}x{% endif %}";
        string logic = "{{ 0" + string.Concat(Enumerable.Repeat(" or 0", 5_000)) + " or 7 }}";
        Assert.Equal("5000x7", ChatTemplate.Parse(sum + choice + logic, "", "").RenderText(Messages, true));
    }

    [Fact]
    public void Render_BigConversation_StaysWithinTheLimits()
    {
        string content = new('x', 1_000);
        ChatMessage[] messages =
            [.. Enumerable.Range(0, 1_000).Select(index => new ChatMessage(index % 2 == 0 ? "user" : "assistant", content))];
        const string Template = "{% for m in messages %}{% set c = m.content | trim %}"
            + "{{ '<|' + m['role'] + '|>' + c.split('</think>')[-1] + '\\n' }}{% endfor %}";
        Assert.InRange(ChatTemplate.Parse(Template, "", "").RenderText(messages, true).Length, 1_000_000, 1_100_000);
    }

    [Theory]
    [InlineData("{% raw %}")]
    [InlineData("{#")]
    [InlineData("{{")]
    [InlineData("{%")]
    [InlineData("{% if")]
    [InlineData("{{ 'a\\")]
    [InlineData("{{ '\\x' }}")]
    [InlineData("{{ '\\U00110000' }}")]
    [InlineData("{{ 99999999999999999999 }}")]
    [InlineData("{{ 9223372036854775807 + 1 }}")]
    [InlineData("{{ (-9223372036854775807 - 1) // -1 }}")]
    [InlineData("{{ 2 ** 64 }}")]
    [InlineData("{{ [1][::0] }}")]
    [InlineData("{% for a.b in [1] %}{% endfor %}")]
    [InlineData("{% break %}")]
    [InlineData("{{ '%9999d' % 1 }}")]
    [InlineData("{{ 'a' | center(99999999999) | indent(99999999999) }}")]
    [InlineData("{{ f(*[1]) }}")]
    public void Render_BrokenTemplate_IsUnsupportedNotACrash(string template)
    {
        ToreException error = Assert.Throws<ToreException>(() => ChatTemplate.Parse(template, "", "").RenderText(Messages, true));
        Assert.Equal(ErrorCodes.TemplateUnsupported, error.Code);
    }
}
