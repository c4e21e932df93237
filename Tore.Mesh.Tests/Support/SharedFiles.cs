namespace Tore.Mesh.Tests.Support;

/// <summary>Finds the repository and the shared inputs beside it; a test that needs an absent input skips and says which.</summary>
internal static class SharedFiles
{
    /// <summary>The folder that holds <c>Tore.sln</c>.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Path of a shared input such as <c>golden/chat/llama-3.json</c>, or a skip with the reason.</summary>
    public static string Require(string relativePath)
    {
        string path = PathOf(relativePath);
        bool there = File.Exists(path) || Directory.Exists(path);
        Assert.SkipUnless(there, $"shared input '{relativePath}' is not on this machine (looked at {path})");
        return path;
    }

    /// <summary>Path of a shared input, there or not.</summary>
    public static string PathOf(string relativePath) => Path.GetFullPath(Path.Combine(Repository, "..", "shared", relativePath));

    /// <summary>Whether a shared input is there.</summary>
    public static bool Exists(string relativePath) => File.Exists(PathOf(relativePath));

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tore.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("Tore.sln is in no folder above the test assembly.");
    }
}
