using System.Text.RegularExpressions;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Repository;

/// <summary>The house rules that a machine can check, over the source files as they are.</summary>
public sealed partial class TidyTests
{
    private const int FileLinesMax = 500;
    private const int LineLengthMax = 140;
    private const int MethodLinesMax = 70;

    [Fact]
    public void Source_EveryFile_IsAtMostFiveHundredLines() =>
        AssertNone(Sources().Where(source => source.Lines.Length > FileLinesMax)
            .Select(source => $"{source.Name}: {source.Lines.Length} lines"));

    [Fact]
    public void Source_EveryLine_FitsTheScreen() =>
        AssertNone(EveryLine().Where(line => line.Text.Length > LineLengthMax)
            .Select(line => $"{line.Name}:{line.Number}: {line.Text.Length} characters"));

    [Fact]
    public void Source_NoLine_IsAStubOrAStray() =>
        AssertNone(EveryLine().Where(line => Stray().IsMatch(line.Text) && !line.Name.EndsWith("TidyTests.cs", StringComparison.Ordinal))
            .Select(line => $"{line.Name}:{line.Number}: {line.Text.Trim()}"));

    [Fact]
    public void Source_NoType_HidesBehindAWeakName() =>
        AssertNone(EveryLine().Where(line => WeakName().IsMatch(line.Text))
            .Select(line => $"{line.Name}:{line.Number}: {line.Text.Trim()}"));

    [Fact]
    public void Source_EveryFile_HoldsOnePublicTypeNamedAfterIt()
    {
        List<string> faults = [];
        foreach (Source source in Sources().Where(source => !source.Name.Contains("Tests/", StringComparison.Ordinal)))
        {
            string[] types = [.. source.Lines.Select(line => PublicType().Match(line))
                .Where(match => match.Success).Select(match => match.Groups["name"].Value).Distinct()];
            string file = Path.GetFileNameWithoutExtension(source.Name).Split('.')[0];
            if (types.Length > 1)
            {
                faults.Add($"{source.Name}: {string.Join(", ", types)}");
            }
            else if (types.Length == 1 && !file.StartsWith(types[0], StringComparison.Ordinal))
            {
                faults.Add($"{source.Name}: holds {types[0]}");
            }
        }
        AssertNone(faults);
    }

    [Fact]
    public void Source_EveryNamespace_IsItsFolder()
    {
        List<string> faults = [];
        foreach (Source source in Sources())
        {
            string? declared = source.Lines.Select(line => Namespace().Match(line))
                .FirstOrDefault(match => match.Success)?.Groups["name"].Value;
            string folder = Path.GetDirectoryName(source.Name)!.Replace('/', '.')
                .Replace("simulations.", "Tore.Mesh.", StringComparison.Ordinal);
            if (declared is not null && declared != folder)
            {
                faults.Add($"{source.Name}: namespace {declared}, folder says {folder}");
            }
        }
        AssertNone(faults);
    }

    [Fact]
    public void Source_EveryMethod_FitsOnAPage()
    {
        List<string> faults = [];
        foreach (Source source in Sources())
        {
            for (int i = 0; i < source.Lines.Length; i++)
            {
                Match start = MethodStart().Match(source.Lines[i]);
                if (!start.Success || source.Lines[i].TrimEnd().EndsWith(';') || source.Lines[i].Contains("=>", StringComparison.Ordinal))
                {
                    continue;
                }
                string close = start.Groups["indent"].Value + "}";
                int end = Array.FindIndex(source.Lines, i + 1, line =>
                    line.StartsWith(close, StringComparison.Ordinal) || line.TrimEnd().EndsWith("=>", StringComparison.Ordinal));
                if (end - i > MethodLinesMax)
                {
                    faults.Add($"{source.Name}:{i + 1}: {end - i} lines");
                }
            }
        }
        AssertNone(faults);
    }

    private static void AssertNone(IEnumerable<string> faults)
    {
        string[] all = [.. faults];
        Assert.True(all.Length == 0, $"{all.Length} faults:\n" + string.Join('\n', all.Take(50)));
    }

    private static IEnumerable<(string Name, int Number, string Text)> EveryLine() =>
        Sources().SelectMany(source => source.Lines.Select((text, index) => (source.Name, index + 1, text)));

    private static IEnumerable<Source> Sources()
    {
        string[] roots = ["Tore.Mesh", "Tore.Mesh.Host", "Tore.Mesh.Tests", "simulations"];
        return roots
            .SelectMany(root =>
                Directory.EnumerateFiles(Path.Combine(SharedFiles.Repository, root), "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(SharedFiles.Repository, path).Replace('\\', '/'))
            .Where(name => !name.Contains("/obj/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new Source(name, File.ReadAllLines(Path.Combine(SharedFiles.Repository, name))));
    }

    [GeneratedRegex(@"NotImplementedException|\b(TODO|FIXME|HACK|XXX)\b|\bfor now\b|[Pp]laceholder|simplified version"
        + @"|async void|Thread\.Sleep\(")]
    private static partial Regex Stray();

    [GeneratedRegex(@"\b(class|struct|interface|record)\s+\w+(Manager|Helper|Helpers|Util|Utils|Utility|Base|Impl)\b")]
    private static partial Regex WeakName();

    [GeneratedRegex(@"^public\s+(?:(?:static|sealed|abstract|partial|readonly|unsafe|ref)\s+)*"
        + @"(?:class|struct|interface|enum|record\s+struct|record\s+class|record|delegate\s+\S+)\s+(?<name>\w+)")]
    private static partial Regex PublicType();

    [GeneratedRegex(@"^namespace\s+(?<name>[\w.]+);")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?<indent>\s{4,8})"
        + @"(?:(?:public|private|internal|protected|static|async|override|unsafe|sealed|virtual|partial|readonly)\s+)+"
        + @"[\w<>\[\],.?*()]+(?:\s+\w+)*\s+\w+(?:<[^>]*>)?\(")]
    private static partial Regex MethodStart();

    private sealed record Source(string Name, string[] Lines);
}
