using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Host.Cli;

namespace Tore.Mesh.Tests.Support;

/// <summary>Runs a command line of <c>tore</c> within the test's own process: the same code as the executable, without its start.</summary>
internal static class ToreCommandLine
{
    /// <summary>What a command left behind.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Error)
    {
        /// <summary>The one JSON object on standard output: fails when there is anything else.</summary>
        public JsonNode Json
        {
            get
            {
                Assert.True(Output.EndsWith('\n') && Output.Count(c => c == '\n') == 1, $"not one line of JSON: {Output}{Error}");
                return JsonNode.Parse(Output)!;
            }
        }

        /// <summary>The code of the error object.</summary>
        public string? ErrorCode => (string?)Json["error"]?["code"];
    }

    public static Task<Outcome> RunAsync(params string[] args) => RunAsync("", args);

    public static async Task<Outcome> RunAsync(string input, string[] args)
    {
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes(input));
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = await ToreCli.RunAsync(args, new CliConsole(stdin, output, error, errorIsTerminal: false));
        return new Outcome(code, output.ToString(), error.ToString());
    }
}
