using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>
/// Where a command reads and writes. Results go to standard output, everything else to standard error; under <c>--json</c> standard
/// output carries exactly one JSON object.
/// </summary>
internal sealed class CliConsole
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Columns where no terminal says how many it has: nothing is broken into lines.</summary>
    private const int UnwatchedWidth = 1000;

    private readonly Stream _input;
    private bool _answered;

    /// <summary>Writes to any two writers and reads from any stream.</summary>
    public CliConsole(Stream input, TextWriter output, TextWriter error, bool errorIsTerminal, bool outputIsTerminal = false)
    {
        _input = input;
        Out = output;
        Error = error;
        ErrorIsTerminal = errorIsTerminal;
        OutputIsTerminal = outputIsTerminal;
    }

    /// <summary>Standard output.</summary>
    public TextWriter Out { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether somebody watches standard error: progress bars are drawn only then.</summary>
    public bool ErrorIsTerminal { get; }

    /// <summary>Whether somebody watches standard output: what is for eyes only is shown only then.</summary>
    public bool OutputIsTerminal { get; }

    /// <summary>Whether <c>--json</c> was given.</summary>
    public bool JsonMode { get; set; }

    /// <summary>Standard input, read when a command asks for it.</summary>
    public Stream Input => _input;

    /// <summary>The console of this process, in UTF-8 whatever the locale.</summary>
    public static CliConsole OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = utf8;
        }
        var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" };
        var error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true, NewLine = "\n" };
        return new CliConsole(
            Console.OpenStandardInput(), output, TextWriter.Synchronized(error), !Console.IsErrorRedirected, !Console.IsOutputRedirected);
    }

    /// <summary>
    /// Spectre's console over one of the two writers: tables and progress for people, plain and unbroken where nobody watches.
    /// </summary>
    public IAnsiConsole Ansi(TextWriter writer)
    {
        bool watched = ErrorIsTerminal && writer == Error;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = watched ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = watched ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!watched)
        {
            console.Profile.Width = UnwatchedWidth;
        }
        return console;
    }

    /// <summary>Reads all of standard input. A console's read cannot be interrupted, so the wait for it is.</summary>
    public Task<byte[]> ReadAllAsync(CancellationToken cancellationToken) =>
        BoundedInput.ReadAsync(Input, "Standard input", Limits.StandardInputBytes).WaitAsync(cancellationToken);

    /// <summary>Writes the one JSON object; a second one is a bug.</summary>
    public void WriteJson(JsonObject result)
    {
        if (_answered)
        {
            throw new InvalidOperationException("The one JSON object of this command is already written.");
        }
        _answered = true;
        Out.WriteLine(result.ToJsonString(Json));
        Out.Flush();
    }

    /// <summary>
    /// Tells an error: for people on standard error with its code; under <c>--json</c> as the one object, unless that is already out
    /// (a node that fails after its ready line).
    /// </summary>
    public void WriteError(string code, string message)
    {
        if (JsonMode && !_answered)
        {
            WriteJson(new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });
            return;
        }
        Error.WriteLine($"tore: error [{code}]: {message}");
    }
}
