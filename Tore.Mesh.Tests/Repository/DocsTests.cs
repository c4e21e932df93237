using System.Reflection;
using System.Text.RegularExpressions;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Repository;

/// <summary>Prose next to code rots unless a test checks it.</summary>
public sealed partial class DocsTests
{
    [Fact]
    public void Docs_EveryLink_LeadsToAFile()
    {
        List<string> dead = [];
        foreach (string page in Pages())
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                string target = link.Groups["target"].Value;
                bool outside = target.Contains("://", StringComparison.Ordinal) || target.StartsWith('#');
                if (!outside && !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target.Split('#')[0])))
                {
                    dead.Add($"{Path.GetFileName(page)}: {target}");
                }
            }
        }
        Assert.True(dead.Count == 0, "dead links:\n" + string.Join('\n', dead));
    }

    [Fact]
    public void Docs_EveryFolderOnAFloor_ExistsWhereArchitectureSaysSo()
    {
        string page = File.ReadAllText(Path.Combine(SharedFiles.Repository, "docs", "ARCHITECTURE.md"));
        string[] missing = [.. Floor().Matches(page).Select(row => row.Groups["folder"].Value)
            .Where(folder => !Directory.Exists(Path.Combine(SharedFiles.Repository, "Tore.Mesh", folder)))];
        Assert.True(missing.Length == 0, $"docs/ARCHITECTURE.md names folders that are not there: {string.Join(", ", missing)}");
    }

    [Fact]
    public void Docs_EveryErrorCode_IsExplained()
    {
        string page = File.ReadAllText(Path.Combine(SharedFiles.Repository, "docs", "errors.md"));
        string[] codes = [.. typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)];
        Assert.Equal(codes.Length, codes.Distinct().Count());
        string[] silent = [.. codes.Where(code => !page.Contains($"`{code}`", StringComparison.Ordinal))];
        Assert.True(silent.Length == 0, $"docs/errors.md does not explain: {string.Join(", ", silent)}");
        string[] gone = [.. Code().Matches(page).Select(row => row.Groups["code"].Value).Except(codes)];
        Assert.True(gone.Length == 0, $"docs/errors.md explains codes that are not in ErrorCodes: {string.Join(", ", gone)}");
    }

    private static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(SharedFiles.Repository, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(SharedFiles.Repository, "docs"), "*.md", SearchOption.AllDirectories));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| \d \| `(?<folder>\w+)/` \|", RegexOptions.Multiline)]
    private static partial Regex Floor();

    [GeneratedRegex(@"^\| `(?<code>\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Code();
}
