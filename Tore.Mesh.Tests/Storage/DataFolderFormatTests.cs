using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Storage;

public sealed class DataFolderFormatTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Ensure_OlderFormat_IsBackedUpAndMigratedInOrder()
    {
        Lay(format: "1", value: "a");
        DataFolderFormat.Ensure(_temporary.FullPath, ["lock"], 3, [Append(2, "c"), Append(1, "b")]);
        Assert.Equal("abc", Read("value"));
        Assert.Equal("3", Read("format"));
        Assert.Equal("a", Read("backup-format-1/value"));
        Assert.Equal("1", Read("backup-format-1/format"));
        Assert.Equal("deep", Read("backup-format-1/sub/file"));
        Assert.False(File.Exists(Path.Combine(_temporary.FullPath, "backup-format-1", "lock")));
    }

    [Fact]
    public void Ensure_MigrationFails_KeepsTheOldFormatAndTheBackup()
    {
        Lay(format: "1", value: "a");
        var failing = new DataFolderMigration(1, _ => throw new IOException("disk full"));
        Assert.Throws<IOException>(() => DataFolderFormat.Ensure(_temporary.FullPath, ["lock"], 2, [failing]));
        Assert.Equal("1", Read("format"));
        Assert.Equal("a", Read("backup-format-1/value"));

        DataFolderFormat.Ensure(_temporary.FullPath, ["lock"], 2, [Append(1, "b")]);
        Assert.Equal("ab", Read("value"));
        Assert.Equal("2", Read("format"));
    }

    [Fact]
    public void Ensure_NoStepFromThere_IsRefused()
    {
        Lay(format: "1", value: "a");
        ToreException error = Assert.Throws<ToreException>(
            () => DataFolderFormat.Ensure(_temporary.FullPath, ["lock"], 3, [Append(2, "c")]));
        Assert.Equal(ErrorCodes.DataFolderFormat, error.Code);
    }

    private static DataFolderMigration Append(int from, string text) =>
        new(from, folder => File.AppendAllText(Path.Combine(folder, "value"), text));

    private void Lay(string format, string value)
    {
        File.WriteAllText(Path.Combine(_temporary.FullPath, "format"), format);
        File.WriteAllText(Path.Combine(_temporary.FullPath, "value"), value);
        File.WriteAllText(Path.Combine(_temporary.FullPath, "lock"), "");
        Directory.CreateDirectory(Path.Combine(_temporary.FullPath, "sub"));
        File.WriteAllText(Path.Combine(_temporary.FullPath, "sub", "file"), "deep");
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_temporary.FullPath, name)).Trim();
}
