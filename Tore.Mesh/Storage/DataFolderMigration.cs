namespace Tore.Mesh.Storage;

/// <summary>One step from a format of the data folder to the next. It has the lock and a backup, and must be safe to run twice.</summary>
/// <param name="From">The format it starts from; it ends at one more.</param>
/// <param name="Apply">Changes the folder whose path it is given.</param>
internal sealed record DataFolderMigration(int From, Action<string> Apply);
