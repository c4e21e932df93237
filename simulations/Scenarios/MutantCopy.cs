using System.Diagnostics;

namespace Tore.Mesh.Scenarios;

/// <summary>A copy of the source in which bugs are planted, one at a time; gone with this object.</summary>
internal sealed class MutantCopy : IDisposable
{
    private const string Runner = "simulations/Runner";

    /// <summary>All that the runner is built from.</summary>
    private static readonly string[] Folders =
        ["Tore.Mesh", "simulations/Harness", "simulations/Checkers", "simulations/Scenarios", Runner];

    private static readonly string[] Files = ["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tore-mutants-").FullName;

    /// <summary>Copies the source that lies under <paramref name="root"/>.</summary>
    public MutantCopy(string root)
    {
        foreach (string file in Files)
        {
            File.Copy(Path.Combine(root, file), Path.Combine(_folder, file));
        }
        foreach (string folder in Folders)
        {
            Copy(Path.Combine(root, folder), Path.Combine(_folder, folder));
        }
    }

    /// <summary>The folder above this program that holds the source; null where there is none.</summary>
    public static string? FindSource()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Tore.sln")))
            {
                return folder;
            }
        }
        return null;
    }

    /// <summary>The bugs that there are, as patches.</summary>
    public static string[] Patches(string root) =>
        [.. Directory.EnumerateFiles(Path.Combine(root, "simulations", "Mutants"), "*.patch").Order(StringComparer.Ordinal)];

    /// <summary>Plants a bug; what went wrong, null when nothing did.</summary>
    public string? Apply(string patch) => Git("apply", patch);

    /// <summary>Takes it out again.</summary>
    public void Revert(string patch)
    {
        if (Git("apply", "--reverse", patch) is { } failure)
        {
            throw new InvalidOperationException($"{patch} was applied and cannot be taken back: {failure}");
        }
    }

    /// <summary>Builds the runner; what went wrong, null when nothing did.</summary>
    public string? Build(string dotnet)
    {
        // The bug is what is judged, not its style.
        (int code, string output) = Run(dotnet, "build", Path.Combine(_folder, Runner), "-c", "Release", "-v", "q", "--nologo",
            "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false");
        return code == 0 ? null : output;
    }

    /// <summary>Lets the copy's runner hunt; what it printed, and whether it found anything.</summary>
    public (bool Found, string Text) Hunt(string dotnet, ulong seed, int seeds, int threads)
    {
        string program = Path.Combine(_folder, Runner, "bin", "Release", $"net{Environment.Version.Major}.0", "Runner.dll");
        (int code, string output) = Run(dotnet, "exec", program, Scenarios.Hunt.Command, "--seed", $"{seed}", "--seeds", $"{seeds}",
            "--threads", $"{threads}");
        return code is 0 or 1
            ? (code == 1, output.Trim())
            : throw new InvalidOperationException($"the copy's runner ended with {code}: {output}");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
        foreach (string folder in Directory.EnumerateDirectories(from))
        {
            if (Path.GetFileName(folder) is var name && name is not ("bin" or "obj"))
            {
                Copy(folder, Path.Combine(to, name));
            }
        }
    }

    private string? Git(params string[] arguments)
    {
        (int code, string output) = Run("git", arguments);
        return code == 0 ? null : output;
    }

    private (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        };
        // A folder below a repository of somebody else's is none of git's business here, nor is a build server that outlives us.
        start.Environment["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(_folder);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
