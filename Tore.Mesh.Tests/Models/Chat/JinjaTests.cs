using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Models.Chat;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Chat;

/// <summary>
/// Our own templates against what Jinja2 3.1.6 made of them (with <c>trim_blocks</c>, <c>lstrip_blocks</c>, loop controls, and
/// <c>tojson</c> as model hubs define it): <c>jinja-cases.json</c>.
/// </summary>
public sealed class JinjaTests
{
    private static readonly ChatMessage[] Messages =
    [
        new("system", " You are \"terse\".\n"),
        new("user", "Ünïcödé 😀 <|im_end|> it's ok? \n"),
        new("assistant", "a,b,,c d  e"),
        new("user", ""),
    ];

    public static IEnumerable<TheoryDataRow<string, string?>> Cases()
    {
        string path = Path.Combine(SharedFiles.Repository, "Tore.Mesh.Tests", "Models", "Chat", "jinja-cases.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        foreach (JsonElement item in document.RootElement.EnumerateArray())
        {
            yield return new TheoryDataRow<string, string?>(
                item.GetProperty("template").GetString()!, item.TryGetProperty("text", out JsonElement text) ? text.GetString() : null);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Render_Template_DoesWhatJinjaDoes(string template, string? expected)
    {
        if (expected is not null)
        {
            Assert.Equal(expected, ChatTemplate.Parse(template, "<s>", "</s>").RenderText(Messages, addGenerationPrompt: true));
            return;
        }
        ToreException error = Assert.Throws<ToreException>(
            () => ChatTemplate.Parse(template, "<s>", "</s>").RenderText(Messages, addGenerationPrompt: true));
        Assert.True(error.Code is ErrorCodes.TemplateUnsupported or ErrorCodes.TemplateRefused, error.Code);
    }

    [Fact]
    public void Render_MutatedTemplate_NeverCrashes()
    {
        string[] templates = [.. Cases().Select(row => row.Data.Item1)];
        Gen<string> mutated =
            from template in Gen.Elements(templates)
            from piece in Gen.Elements(templates)
            from place in Gen.Choose(0, 1_000)
            from cut in Gen.Choose(0, 12)
            from start in Gen.Choose(0, 1_000)
            from length in Gen.Choose(0, 12)
            select Mutate(template, piece, place, cut, start, length);
        Prop.ForAll(mutated.ToArbitrary(), template =>
        {
            try
            {
                ChatTemplate.Parse(template, "<s>", "</s>").Render(Messages, addGenerationPrompt: true);
            }
            catch (ToreException error)
            {
                Assert.StartsWith("template_", error.Code, StringComparison.Ordinal);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Theory]
    [InlineData("{% include 'x' %}", "include", 1)]
    [InlineData("a\n{{ messages | xmlattr }}", "xmlattr", 2)]
    [InlineData("\n\n{% if 1 is martian %}{% endif %}", "martian", 3)]
    [InlineData("\n{{ strftime_now('%d') }}", "strftime_now", 2)]
    [InlineData("{{ [1].append(2) }}", "list.append", 1)]
    [InlineData("{{ messages | tojson(sort_keys=true) }}", "sort_keys", 1)]
    [InlineData("{{ 'a'|trim(chars='x', side='left') }}", "side", 1)]
    [InlineData("\n{{ 'abc", "string", 2)]
    [InlineData("{% if true %}x", "endif", 1)]
    public void Render_WhatIsNotSupported_NamesItAndItsLine(string template, string construct, int line)
    {
        ToreException error = Assert.Throws<ToreException>(
            () => ChatTemplate.Parse(template, "", "").RenderText(Messages, addGenerationPrompt: true));
        Assert.Equal(ErrorCodes.TemplateUnsupported, error.Code);
        Assert.Contains(construct, error.Message, StringComparison.Ordinal);
        Assert.Contains($"line {line}:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_UnsupportedInABranchNotTaken_IsNoError() =>
        Assert.Equal("ok", ChatTemplate.Parse("{% if tools %}{{ tools | urlize }}{% endif %}ok", "", "").RenderText(Messages, false));

    [Fact]
    public void Render_TemplateRefuses_HasTheTemplatesWords()
    {
        ToreException error = Assert.Throws<ToreException>(
            () => ChatTemplate.Parse("{{ raise_exception('Roles must alternate!') }}", "", "").RenderText(Messages, false));
        Assert.Equal((ErrorCodes.TemplateRefused, "Roles must alternate!"), (error.Code, error.Message));
    }

    [Fact]
    public void Render_GenerationTags_PassThrough()
    {
        const string Template =
            "{% for m in messages if m.role == 'assistant' %}<{% generation %}{{ m.content }}{% endgeneration %}>{% endfor %}";
        Assert.Equal("<a,b,,c d  e>", ChatTemplate.Parse(Template, "", "").RenderText(Messages, false));
    }

    // One template with a few characters replaced by a few of another.
    private static string Mutate(string template, string piece, int place, int cut, int start, int length)
    {
        place %= template.Length + 1;
        start %= piece.Length + 1;
        string rest = template[Math.Min(template.Length, place + cut)..];
        return template[..place] + piece[start..Math.Min(piece.Length, start + length)] + rest;
    }
}
