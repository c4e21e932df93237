using System.Text.Json;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>
/// Remembers identities by full path, size and time of last write of every part, in one small JSON file that is replaced as a
/// whole. It is only a saving of time: a missing, damaged or unwritable cache is an empty one, never an error. Several
/// processes may share the file; of two that write at once one entry may be lost. Safe for use by many threads.
/// </summary>
public sealed class ModelIdentityCache
{
    // The format number changes with the definition of the manifest, so that old identities are forgotten.
    private const int Format = 1;
    private readonly string _path;
    private readonly Lock _gate = new();

    /// <summary>Uses the file at <paramref name="path"/>; its folder must exist for anything to be remembered.</summary>
    public ModelIdentityCache(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <summary>Finds the identity of these files as they were when opened.</summary>
    public bool TryGet(GgufFile file, out Digest digest)
    {
        lock (_gate)
        {
            return Load().TryGetValue(KeyOf(file), out digest);
        }
    }

    /// <summary>Remembers an identity.</summary>
    public void Put(GgufFile file, Digest digest)
    {
        lock (_gate)
        {
            OrderedDictionary<string, Digest> entries = Load();
            string key = KeyOf(file);
            entries.Remove(key);
            entries.Add(key, digest);
            while (entries.Count > Limits.IdentityCacheEntries)
            {
                entries.RemoveAt(0);
            }
            Save(entries);
        }
    }

    /// <summary>Size, time in ticks and path of each part, NUL between them: no path has one.</summary>
    private static string KeyOf(GgufFile file) =>
        string.Join('\0', file.Parts.Select(part => FormattableString.Invariant($"{part.Length} {part.LastWrite.Ticks} {part.Path}")));

    private OrderedDictionary<string, Digest> Load()
    {
        var entries = new OrderedDictionary<string, Digest>(StringComparer.Ordinal);
        try
        {
            var info = new FileInfo(_path);
            if (!info.Exists || info.Length > Limits.IdentityCacheBytes)
            {
                return entries;
            }
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(_path));
            if (document.RootElement.GetProperty("format").GetInt32() != Format)
            {
                return entries;
            }
            foreach (JsonElement entry in document.RootElement.GetProperty("entries").EnumerateArray())
            {
                if (entry.GetProperty("files").GetString() is { } key
                    && Digest.TryParse(entry.GetProperty("digest").GetString(), out Digest digest))
                {
                    entries[key] = digest;
                }
            }
        }
        catch (Exception damage) when (
            damage is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException
                or FormatException)
        {
            entries.Clear();
        }
        return entries;
    }

    private void Save(OrderedDictionary<string, Digest> entries)
    {
        string temporary = $"{_path}.{Environment.ProcessId}.partial";
        try
        {
            using (FileStream output = File.Create(temporary))
            using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
            {
                json.WriteStartObject();
                json.WriteNumber("format", Format);
                json.WriteStartArray("entries");
                foreach ((string key, Digest digest) in entries)
                {
                    json.WriteStartObject();
                    json.WriteString("files", key);
                    json.WriteString("digest", digest.ToString());
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }
            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next start hashes again, no more.
        }
    }
}
