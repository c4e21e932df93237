using System.Globalization;
using System.Text.Json;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Storage;

/// <summary>
/// The private meshes of a data folder: one file each (<c>meshes/NAME.json</c>, mode 0600), written whole or not at all. Commands use
/// it also while a node holds the folder; among themselves they change it one at a time.
/// </summary>
public sealed class MeshStore
{
    private const string Extension = ".json";
    private const string LockName = "lock";

    /// <summary>Earlier fingerprints that are remembered.</summary>
    private const int MostFormer = 16;

    private readonly string _folder;

    /// <summary>The store in a data folder that exists (<see cref="DataFolder.Prepare"/>).</summary>
    public MeshStore(string dataFolder) => _folder = Path.Combine(dataFolder, "meshes");

    /// <summary>Every mesh, by name; throws <c>mesh_malformed</c> or <c>file_not_readable</c>.</summary>
    public IReadOnlyList<StoredMesh> List()
    {
        if (!Directory.Exists(_folder))
        {
            return [];
        }
        return [.. Directory.EnumerateFiles(_folder, "*" + Extension).Select(Path.GetFileNameWithoutExtension)
            .Where(n => MeshName.ProblemOf(n) is null).Order(MeshName.Comparer).Take(Limits.Meshes).Select(n => Read(PathOf(n!)))];
    }

    /// <summary>The mesh of a name; null when there is none. Errors as <see cref="List"/>, and <c>invalid_request</c>.</summary>
    public StoredMesh? Find(string name)
    {
        MeshName.ThrowIfInvalid(name);
        string path = PathOf(name);
        return File.Exists(path) ? Read(path) : null;
    }

    /// <summary>The mesh of a name; <c>mesh_not_found</c> lists those there are.</summary>
    public StoredMesh Get(string name) => Find(name) ?? throw new ToreException(ErrorCodes.MeshNotFound,
        $"This data folder has no mesh '{name}'. {Known()}");

    /// <summary>Makes a mesh with a new secret; <c>mesh_exists</c> when the name is taken.</summary>
    public StoredMesh Create(string name, DateTimeOffset now)
    {
        MeshName.ThrowIfInvalid(name);
        using FileStream held = Lock();
        if (Find(name) is { } known)
        {
            throw new ToreException(ErrorCodes.MeshExists,
                $"There is a mesh '{known.Mesh.Name}' already ({known.Mesh.Id}). 'tore invite {known.Mesh.Name}' invites to it, "
                + $"'tore mesh rotate {known.Mesh.Name}' gives it a new secret.");
        }
        if (List().Count >= Limits.Meshes)
        {
            throw new ToreException(ErrorCodes.InvalidRequest,
                $"A data folder keeps at most {Limits.Meshes} meshes: 'tore mesh leave NAME' forgets one.");
        }
        return Write(new StoredMesh { Mesh = MeshSecret.Create(name), IsMadeHere = true, Since = now });
    }

    /// <summary>Gives a mesh a new secret; <c>mesh_not_found</c> where there is none of that name.</summary>
    public StoredMesh Rotate(string name, DateTimeOffset now)
    {
        using FileStream held = Lock();
        StoredMesh old = Get(name);
        return Write(old with
        {
            Mesh = MeshSecret.Create(old.Mesh.Name),
            IsMadeHere = true,
            Since = now,
            Former = WithFormer(old, old.Mesh.Id),
        });
    }

    /// <summary>
    /// Keeps what an invite says. An invite with another secret replaces one that came with an invite: that is how a rotation spreads.
    /// It does not replace a secret that was made here, which may exist nowhere else: <c>mesh_exists</c>.
    /// </summary>
    public StoredMesh Join(Invite invite, DateTimeOffset now)
    {
        using FileStream held = Lock();
        StoredMesh? known = Find(invite.Mesh.Name);
        if (known is null || !known.Mesh.Secret.SequenceEqual(invite.Mesh.Secret))
        {
            // Who has joined with it already is a member, and may start again with the same command line.
            invite.ThrowIfExpired(now);
        }
        if (known is null)
        {
            return Write(new StoredMesh { Mesh = invite.Mesh, IsMadeHere = false, Since = now, Addresses = invite.Addresses });
        }
        if (known.Mesh.Secret.SequenceEqual(invite.Mesh.Secret))
        {
            return Write(known with { Addresses = [.. invite.Addresses.Concat(known.Addresses).Distinct().Take(Limits.InviteAddresses)] });
        }
        if (known.IsMadeHere)
        {
            throw new ToreException(ErrorCodes.MeshExists,
                $"This invite is to another mesh '{known.Mesh.Name}' ({invite.Mesh.Id}) than the one made here ({known.Mesh.Id}), whose "
                + $"secret may be kept nowhere else. To give that one up, say 'tore mesh leave {known.Mesh.Name}', then join again.");
        }
        return Write(new StoredMesh
        {
            Mesh = invite.Mesh,
            IsMadeHere = false,
            Since = now,
            Addresses = invite.Addresses,
            Former = WithFormer(known, known.Mesh.Id),
        });
    }

    /// <summary>Forgets a mesh and its secret; <c>mesh_not_found</c> where there is none of that name.</summary>
    public StoredMesh Remove(string name)
    {
        using FileStream held = Lock();
        StoredMesh known = Get(name);
        try
        {
            File.Delete(PathOf(name));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(PathOf(name), failure);
        }
        return known;
    }

    /// <summary>The meshes there are, as a sentence with the next step.</summary>
    private string Known()
    {
        IReadOnlyList<StoredMesh> meshes = List();
        return meshes.Count == 0
            ? "'tore mesh new NAME' makes one; 'tore up --join INVITE' takes an invite to one."
            : $"It has: {string.Join(", ", meshes.Select(m => m.Mesh.Name))}. 'tore mesh new NAME' makes another.";
    }

    private static MeshId[] WithFormer(StoredMesh mesh, MeshId id) => [.. mesh.Former.Prepend(id).Distinct().Take(MostFormer)];

    private string PathOf(string name) => Path.Combine(_folder, name.ToLowerInvariant() + Extension);

    private FileStream Lock()
    {
        try
        {
            DataFolder.CreatePrivate(_folder);
            return new FileStream(Path.Combine(_folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(_folder, failure);
        }
    }

    private StoredMesh Write(StoredMesh mesh)
    {
        string path = PathOf(mesh.Mesh.Name);
        var file = new MeshFile
        {
            Name = mesh.Mesh.Name,
            Secret = Convert.ToHexStringLower(mesh.Mesh.Secret),
            MadeHere = mesh.IsMadeHere,
            Since = mesh.Since,
            Addresses = [.. mesh.Addresses.Select(a => a.ToString())],
            FormerMeshIds = [.. mesh.Former.Select(id => id.ToString())],
        };
        try
        {
            DurableFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(file, StorageJson.Default.MeshFile));
            return mesh;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, failure);
        }
    }

    private static StoredMesh Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > Limits.MeshFileBytes)
            {
                throw Malformed(path, inner: null);
            }
            MeshFile? file = JsonSerializer.Deserialize(stream, StorageJson.Default.MeshFile);
            return file is null || MeshName.ProblemOf(file.Name) is not null ? throw Malformed(path, inner: null) : Of(file);
        }
        catch (Exception failure) when (failure is JsonException or FormatException or ArgumentException)
        {
            throw Malformed(path, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.FileNotReadable, $"'{path}' could not be read: {failure.Message}", failure);
        }
    }

    private static StoredMesh Of(MeshFile file) => new()
    {
        Mesh = MeshSecret.FromBytes(file.Name, Convert.FromHexString(file.Secret)),
        IsMadeHere = file.MadeHere,
        Since = file.Since,
        Addresses = [.. file.Addresses.Take(Limits.InviteAddresses).Select(
            a => PeerAddress.TryParse(a, out PeerAddress address) ? address : throw new FormatException("not an address"))],
        Former = [.. file.FormerMeshIds.Take(MostFormer).Select(
            f => MeshId.TryParse(f, out MeshId id) ? id : throw new FormatException("not a fingerprint"))],
    };

    // What was read is not repeated here: it may be a secret.
    private static ToreException Malformed(string path, Exception? inner) => new(ErrorCodes.MeshMalformed,
        $"'{path}' does not hold a mesh that this program can use ({inner?.GetType().Name ?? "too long or without a name"}). Restore it "
        + "from a backup, or remove it and take a new invite.");

    private static ToreException NotWritable(string path, Exception failure) => new(ErrorCodes.FileNotWritable,
        string.Create(CultureInfo.InvariantCulture, $"'{path}' could not be written: {failure.Message} ")
        + "Another tore command may be at work on it: try again. Else free the disk, or choose --data.", failure);
}
