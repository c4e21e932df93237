using System.Globalization;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Gguf;

/// <summary>
/// The files of a split model: <c>NAME-00001-of-0000N.gguf</c> and on, each a GGUF file with <c>split.no</c> (from 0),
/// <c>split.count</c> and <c>split.tensors.count</c>; the first holds the metadata.
/// </summary>
internal static class GgufSplit
{
    private const string CountKey = "split.count";
    private const string NumberKey = "split.no";
    private const string TensorsKey = "split.tensors.count";

    /// <summary>Paths of the second and later parts; none for a whole model.</summary>
    public static IReadOnlyList<string> OtherPaths(GgufPart first)
    {
        var metadata = new GgufMetadata(first);
        uint count = metadata.GetUInt32(CountKey, 1);
        if (count <= 1)
        {
            return [];
        }
        if (count > Limits.GgufParts)
        {
            throw GgufFault.Limit(first.Path, $"'{CountKey}' is {count}; at most {Limits.GgufParts} parts are accepted");
        }
        uint number = metadata.GetUInt32(NumberKey);
        if (number != 0)
        {
            throw new ToreException(
                ErrorCodes.ModelMalformed,
                $"{first.Path} is part {number + 1} of {count} of a split model: open its first part instead.");
        }
        string suffix = Suffix(1, count);
        if (!first.Path.EndsWith(suffix, StringComparison.Ordinal))
        {
            throw new ToreException(
                ErrorCodes.ModelMalformed,
                $"{first.Path} is the first of {count} parts of a split model, but its name does not end in '{suffix}', so that the "
                + "others cannot be found: give the parts back their names.");
        }
        string prefix = first.Path[..^suffix.Length];
        string[] paths = [.. Enumerable.Range(2, (int)count - 1).Select(part => prefix + Suffix(part, count))];
        string[] missing = [.. paths.Where(path => !File.Exists(path)).Select(path => Path.GetFileName(path))];
        return missing.Length == 0
            ? paths
            : throw new ToreException(
                ErrorCodes.ModelNotFound,
                $"{first.Path}: {missing.Length} of the {count} parts of this split model are not beside it: "
                + $"{string.Join(", ", missing.Take(8))}. Fetch them into the same folder.");
    }

    /// <summary>Checks that the part opened last is the one it should be.</summary>
    public static void CheckPart(List<GgufPart> parts)
    {
        GgufPart part = parts[^1];
        var metadata = new GgufMetadata(part);
        uint count = metadata.GetUInt32(CountKey);
        uint number = metadata.GetUInt32(NumberKey);
        uint expected = new GgufMetadata(parts[0]).GetUInt32(CountKey);
        if (count != expected || number != parts.Count - 1)
        {
            throw GgufFault.Malformed(
                part.Path,
                $"it calls itself part {number + 1} of {count}, but its name says part {parts.Count} of {expected}");
        }
        if (parts.Sum(p => (long)p.Header.Tensors.Count) > Limits.GgufTensors)
        {
            throw GgufFault.Limit(part.Path, $"the parts so far declare more than {Limits.GgufTensors} tensors");
        }
    }

    /// <summary>Checks the number of tensors in all parts against what the first one says.</summary>
    public static void CheckTotal(List<GgufPart> parts)
    {
        long total = parts.Sum(part => (long)part.Header.Tensors.Count);
        if (parts.Count > 1 && new GgufMetadata(parts[0]).TryGetInteger(TensorsKey, out long declared) && declared != total)
        {
            throw GgufFault.Malformed(parts[0].Path, $"'{TensorsKey}' is {declared}, but the parts hold {total} tensors");
        }
    }

    private static string Suffix(int number, uint count) =>
        string.Create(CultureInfo.InvariantCulture, $"-{number:00000}-of-{count:00000}.gguf");
}
