using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Tore.Mesh.Benchmarks;

/// <summary>Runs the built <c>tore</c> and other programs as whole processes, and reads the JSON object they print.</summary>
internal static class ToreProcess
{
    /// <summary>Path of the built executable's assembly, beside this one.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "tore.dll");

    /// <summary>Runs <c>tore ARGUMENTS --json</c> to its end.</summary>
    public static JsonElement Run(IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        RunProgram("dotnet", ["exec", Assembly, .. arguments, "--json"], null, environment);

    /// <summary>Runs any program to its end and parses the last line of its standard output.</summary>
    public static JsonElement RunProgram(
        string program, IReadOnlyList<string> arguments, string? folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = Start(program, arguments, folder, environment);
        StringBuilder errors = new();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} exited with {process.ExitCode}:\n{output}{errors}");
        }
        string last = output.TrimEnd().Split('\n')[^1];
        return JsonDocument.Parse(output.TrimStart().StartsWith('{') ? output : last).RootElement.Clone();
    }

    /// <summary>Starts a process with its output piped; the caller ends it.</summary>
    public static Process Start(
        string program, IReadOnlyList<string> arguments, string? folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach ((string key, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }
        return Process.Start(start) ?? throw new InvalidOperationException(
                $"{program} did not start");
    }
}
