using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>The command line <c>tore</c>: parses, tells usage errors, runs the command.</summary>
internal static partial class ToreCli
{
    /// <summary>Runs one command line and returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CliConsole console)
    {
        var json = new Option<bool>("--json")
        {
            Description = "One JSON object on standard output, and nothing else there.",
            Recursive = true
        };
        RootCommand root = Build(console, json);
        // A prompt may begin with '@' or '-': no response files, no bundles of short options.
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        console.JsonMode = parsed.GetValue(json) || args.TakeWhile(a => a != "--").Contains("--json");
        if (parsed.Action is ExampleHelp or { ClearsParseErrors: true })
        {
            return WriteInformation(parsed, console);
        }
        if (UsageError(parsed) is string error)
        {
            return WriteUsageError(root, parsed, console, error);
        }
        using var signals = new CliSignals();
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = console.Out,
            Error = console.Error,
        };
        int code = await parsed.InvokeAsync(configuration, signals.Token);
        return code == ExitCodes.Interrupted ? signals.ExitCode : code;
    }

    /// <summary>Every command, in the order of the help.</summary>
    internal static RootCommand Build(CliConsole console, Option<bool> json)
    {
        var root = new RootCommand("tore runs language models split over the machines you have.");
        root.Directives.Clear();
        root.Options.Add(json);
        foreach (Command command in Commands(console))
        {
            root.Add(command);
        }
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new ExampleHelp((HelpAction)help.Action!);
        }
        return root;
    }

    private static IEnumerable<Command> Commands(CliConsole console) =>
    [
        RunCommand.Build(console),
        DemoCommand.Build(console),
        UpCommand.Build(console),
        MeshCommand.Build(console),
        InviteCommand.Build(console),
        ChatCommand.Build(console),
        PeersCommand.Build(console),
        StatusCommand.Build(console),
        DoctorCommand.Build(console),
        ModelCommand.Build(console),
        TokenizeCommand.Build(console),
        ChatPromptCommand.Build(console),
        LogitsCommand.Build(console),
        BenchCommand.Build(console),
        VersionCommand.Build(console),
    ];

    /// <summary>The first mistake in the command line, or null.</summary>
    private static string? UsageError(ParseResult parsed)
    {
        if (UnknownOption(parsed) is string option)
        {
            return $"Unknown option '{option}'. (A text that begins with '-' goes after '--'.)";
        }
        if (parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens is [string command, ..])
        {
            return $"Unknown command '{command}'.";
        }
        return parsed.Errors.Count > 0 ? parsed.Errors[0].Message : null;
    }

    /// <summary>An argument that looks like an option was meant as one, unless it stands after <c>--</c>.</summary>
    private static string? UnknownOption(ParseResult parsed)
    {
        HashSet<string> beforeDashes = [.. parsed.Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash).Select(t => t.Value)];
        IEnumerable<Token> arguments = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(a => a.Tokens);
        return arguments.Select(t => t.Value).Concat(parsed.UnmatchedTokens)
            .FirstOrDefault(v => beforeDashes.Contains(v) && OptionShape().IsMatch(v));
    }

    private static int WriteInformation(ParseResult parsed, CliConsole console)
    {
        if (!console.JsonMode)
        {
            return parsed.Invoke(new InvocationConfiguration { Output = console.Out, Error = console.Error });
        }
        using var text = new StringWriter();
        int code = parsed.Invoke(new InvocationConfiguration { Output = text, Error = console.Error });
        console.WriteJson(new JsonObject { ["text"] = text.ToString() });
        return code;
    }

    private static int WriteUsageError(RootCommand root, ParseResult parsed, CliConsole console, string error)
    {
        console.WriteError(ErrorCodes.Usage, error);
        console.Error.WriteLine();
        List<string> path = ["--help"];
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command
            && command.Command != root; result = result.Parent)
        {
            path.Insert(0, command.Command.Name);
        }
        root.Parse(path).Invoke(new InvocationConfiguration { Output = console.Error, Error = console.Error });
        return ExitCodes.Usage;
    }

    [GeneratedRegex("^--?[A-Za-z][A-Za-z0-9-]*(=.*)?$", RegexOptions.Singleline)]
    private static partial Regex OptionShape();
}
