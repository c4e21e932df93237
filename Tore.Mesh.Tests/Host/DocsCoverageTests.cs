using System.CommandLine;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Host.Doctor;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>The two pages name everything that there is.</summary>
public sealed class DocsCoverageTests
{
    [Fact]
    public async Task Cli_EveryCommandAndOption_StandsInThePage()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(SharedFiles.Repository, "docs", "cli.md"));
        List<string> missing = [];
        RootCommand root = ToreCli.Build(ConsoleOfNothing(), new Option<bool>("--json"));
        foreach (Command command in root.Subcommands.SelectMany(All))
        {
            if (!page.Contains(command.Name, StringComparison.Ordinal))
            {
                missing.Add(command.Name);
            }
            missing.AddRange(command.Options
                .Where(o => !o.Hidden && !page.Contains(o.Name, StringComparison.Ordinal)).Select(o => $"{command.Name} {o.Name}"));
        }
        Assert.Empty(missing);
    }

    [Fact]
    public async Task Cli_EveryFindingOfTheDoctor_StandsInThePage()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(SharedFiles.Repository, "docs", "cli.md"));
        string[] codes = [.. typeof(FindingCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetRawConstantValue()!)];
        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Contains($"| `{code}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Http_EveryRoute_StandsInThePage()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(SharedFiles.Repository, "docs", "http.md"));
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        string[] routes =
        [
            .. api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                .Select(e => e.RoutePattern.RawText!.Replace("{**", "{", StringComparison.Ordinal)),
        ];
        Assert.True(routes.Length >= 12);
        Assert.All(routes, route => Assert.Contains(route, page, StringComparison.Ordinal));
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static CliConsole ConsoleOfNothing() => new(Stream.Null, TextWriter.Null, TextWriter.Null, errorIsTerminal: false);
}
