using Tore.Mesh.Primitives;

namespace Tore.Mesh.Storage;

/// <summary>
/// A list of node ids in the data folder, as a folder with an empty file for each: adding and removing are single steps of the file
/// system, so that commands and a running node need no lock, and an operator can use <c>ls</c>, <c>touch</c> and <c>rm</c>.
/// </summary>
public sealed class AdmissionList
{
    private readonly string _folder;

    private AdmissionList(string folder) => _folder = folder;

    /// <summary>The ids that are refused, whoever else says otherwise.</summary>
    public static AdmissionList Banned(string dataFolder) => new(Path.Combine(dataFolder, "banned"));

    /// <summary>The ids that are admitted; an empty list admits everybody.</summary>
    public static AdmissionList Allowed(string dataFolder) => new(Path.Combine(dataFolder, "allowed"));

    /// <summary>The ids now, in order; <c>file_not_readable</c> where the folder cannot be listed.</summary>
    public IReadOnlyList<NodeId> Read()
    {
        try
        {
            return Directory.Exists(_folder) ? [.. Ids().Order().Take(Limits.AdmissionEntries)] : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.FileNotReadable, $"'{_folder}' could not be read: {failure.Message}", failure);
        }
    }

    /// <summary>Adds an id; false when it is there already. Throws <c>invalid_request</c> when the list is full.</summary>
    public bool Add(NodeId node)
    {
        string path = PathOf(node);
        if (File.Exists(path))
        {
            return false;
        }
        if (Read().Count >= Limits.AdmissionEntries)
        {
            throw new ToreException(ErrorCodes.InvalidRequest, $"'{_folder}' holds {Limits.AdmissionEntries} ids, as many as it may.");
        }
        try
        {
            DataFolder.CreatePrivate(_folder);
            File.WriteAllBytes(path, []);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(failure);
        }
    }

    /// <summary>Takes an id off; false when it is not there.</summary>
    public bool Remove(NodeId node)
    {
        try
        {
            bool there = File.Exists(PathOf(node));
            if (there)
            {
                File.Delete(PathOf(node));
            }
            return there;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(failure);
        }
    }

    private IEnumerable<NodeId> Ids()
    {
        foreach (string path in Directory.EnumerateFiles(_folder))
        {
            if (NodeId.TryParse(Path.GetFileName(path), out NodeId node))
            {
                yield return node;
            }
        }
    }

    private string PathOf(NodeId node) => Path.Combine(_folder, node.ToString());

    private ToreException NotWritable(Exception failure) => new(ErrorCodes.FileNotWritable,
        $"'{_folder}' could not be changed: {failure.Message} Free the disk, or choose --data.", failure);
}
