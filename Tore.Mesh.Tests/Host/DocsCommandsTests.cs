using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>Every <c>tore</c> command line that the pages show is one that the program takes.</summary>
public sealed partial class DocsCommandsTests
{
    public static TheoryData<string, string> Commands
    {
        get
        {
            TheoryData<string, string> data = [];
            IEnumerable<string> pages = Directory.EnumerateFiles(SharedFiles.Repository, "*.md")
                .Concat(Directory.EnumerateFiles(Path.Combine(SharedFiles.Repository, "docs"), "*.md"));
            foreach (string page in pages.Order(StringComparer.Ordinal))
            {
                foreach (string line in FencedLines(File.ReadAllText(page)))
                {
                    Match command = Command().Match(line);
                    if (command.Success)
                    {
                        data.Add(Path.GetFileName(page), command.Groups["line"].Value.Trim());
                    }
                }
            }
            return data;
        }
    }

    [Fact]
    public void Commands_ReadmeAndCliPage_AreFound()
    {
        string[] pages = [.. Commands.Select(row => row.Data.Item1).Distinct()];
        Assert.Contains("README.md", pages);
        Assert.Contains("cli.md", pages);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Parse_CommandOfADocsPage_IsTaken(string page, string line)
    {
        RootCommand root = ToreCli.Build(
            new CliConsole(Stream.Null, TextWriter.Null, TextWriter.Null, errorIsTerminal: false),
            new Option<bool>("--json") { Recursive = true });
        ParseResult parsed = root.Parse(
            CommandLineParser.SplitCommandLine(line).ToArray(), new ParserConfiguration { ResponseFileTokenReplacer = null });
        Assert.True(parsed.Errors.Count == 0, $"{page}: tore {line}: {string.Join("; ", parsed.Errors.Select(error => error.Message))}");
    }

    private static IEnumerable<string> FencedLines(string page) =>
        Fence().Matches(page).SelectMany(block => block.Groups["body"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'));

    [GeneratedRegex("^```[a-z]*\n(?<body>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    // "tore X", "out/tore X", behind a prompt or a pipe, or "dotnet run --project Tore.Mesh.Host -c Release -- X"; up to a pipe or
    // a redirection.
    [GeneratedRegex(@"(?:^|[$|]\s*)(?:(?:out/)?tore|dotnet run --project Tore\.Mesh\.Host -c Release --)\s(?<line>[^|<>]*)")]
    private static partial Regex Command();
}
