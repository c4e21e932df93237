using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Identity;

/// <summary>
/// A node's key: ECDSA P-256, made at first start, kept in the data folder as PKCS#8 PEM with mode 0600.
/// Its public half is the node's id (<see cref="NodeId"/>); there is nothing else to a node's identity.
/// </summary>
public sealed class NodeKey : ISigner, IDisposable
{
    /// <summary>Bytes of a signature (r then s, IEEE P1363).</summary>
    public const int SignatureBytes = 64;

    /// <summary>A P-256 key in PEM has some 240 bytes.</summary>
    private const int KeyFileBytes = 16 * 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly ECDsa _key;
    private readonly Lock _signing = new();

    private NodeKey(ECDsa key, LinkIdentity identity)
    {
        _key = key;
        Identity = identity;
    }

    /// <summary>The node's id.</summary>
    public NodeId Id => Identity.Id;

    /// <summary>The public half.</summary>
    public LinkIdentity Identity { get; }

    /// <summary>For the certificate that is made from it.</summary>
    internal ECDsa Key => _key;

    /// <summary>Makes a new key, in memory only.</summary>
    public static NodeKey Create()
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return LinkIdentity.TryCreate(key.ExportSubjectPublicKeyInfo(), out LinkIdentity? identity)
            ? new NodeKey(key, identity!)
            : throw new CryptographicException("This platform exports a P-256 key in an encoding that the node id is not defined over.");
    }

    /// <summary>Loads the key of an earlier start, or makes one and saves it. The caller holds the data folder's lock.</summary>
    public static NodeKey LoadOrCreate(string path, ILogger? logger = null)
    {
        if (File.Exists(path))
        {
            return Load(path, logger);
        }
        NodeKey key = Create();
        try
        {
            key.Save(path);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Loads a key file. One that other users may read is closed to them (mode 0600), with a warning; <c>key_exposed</c> where
    /// that is not allowed, <c>file_not_readable</c> when it cannot be opened, <c>key_malformed</c> when it is not such a key.
    /// </summary>
    public static NodeKey Load(string path, ILogger? logger = null)
    {
        CloseToOthers(path, logger);
        string pem = ReadText(path);
        ECDsa key = ECDsa.Create();
        try
        {
            if (PemEncoding.TryFind(pem, out PemFields fields) && pem[fields.Label] == "PRIVATE KEY")
            {
                key.ImportFromPem(pem);
                if (LinkIdentity.TryCreate(key.ExportSubjectPublicKeyInfo(), out LinkIdentity? identity))
                {
                    return new NodeKey(key, identity!);
                }
            }
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw Malformed(path, failure);
        }
        key.Dispose();
        throw Malformed(path, inner: null);
    }

    /// <summary>
    /// Writes the key whole or not at all (a new file of mode 0600, synced, then renamed). Never overwrites: a key lost is an
    /// identity lost.
    /// </summary>
    public void Save(string path)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }
            using (var file = new FileStream(part, options))
            {
                file.Write(System.Text.Encoding.ASCII.GetBytes(_key.ExportPkcs8PrivateKeyPem() + "\n"));
                file.Flush(flushToDisk: true);
            }
            File.Move(part, path, overwrite: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(part))
            {
                File.Delete(part);
            }
            throw new ToreException(ErrorCodes.KeyNotSaved,
                $"The node key could not be written to '{path}': {failure.Message} "
                + "The folder must exist and be writable; an existing key is never replaced.", failure);
        }
    }

    /// <summary>
    /// Signs SHA-256 of <paramref name="data"/>: r then s, 64 bytes. ECDSA is randomised here: hash bodies, never signatures.
    /// </summary>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_signing)
        {
            return _key.SignData(data, HashAlgorithmName.SHA256);
        }
    }

    ReadOnlySpan<byte> ISigner.PublicKey => Identity.PublicKey;

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"key of {Id}";

    private static void CloseToOthers(string path, ILogger? logger)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path)
            || (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) == 0)
        {
            return;
        }
        try
        {
            File.SetUnixFileMode(path, OwnerOnly);
            logger?.LogWarning(
                "Other users of this machine could read the node key '{Path}'; its mode is now 0600. If they may have, "
                + "stop the node and delete the file: the next start makes a new identity.", path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.KeyExposed,
                $"Other users may read the node key '{path}', and its mode could not be changed: {failure.Message} "
                + "Make it yours with mode 0600, then start again.", failure);
        }
    }

    private static string ReadText(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > KeyFileBytes)
            {
                throw Malformed(path, inner: null);
            }
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.FileNotReadable, $"The node key '{path}' could not be read: {failure.Message}", failure);
        }
    }

    private static ToreException Malformed(string path, Exception? inner) => new(ErrorCodes.KeyMalformed,
        $"'{path}' is not a node key (PKCS#8 PEM of an ECDSA P-256 key). Restore it from a backup, or move it away: "
        + "the next start then makes a new identity.", inner);
}
