namespace Tore.Mesh.Tests.Support;

/// <summary>A folder of this test alone, removed with it.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <summary>Its absolute path; it exists and is empty.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("tore-test-").FullName;

    /// <summary>The path of a file in it, there or not.</summary>
    public string PathOf(string name) => Path.Combine(FullPath, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
