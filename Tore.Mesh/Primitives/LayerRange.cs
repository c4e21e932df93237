using System.Globalization;

namespace Tore.Mesh.Primitives;

/// <summary>Layers <see cref="Start"/>..<see cref="End"/> of a model, both inclusive and 0-based, as tore-0001 counts them.</summary>
public readonly record struct LayerRange
{
    /// <summary>Makes a range of at least one layer.</summary>
    public LayerRange(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        Start = start;
        End = end;
    }

    /// <summary>First layer.</summary>
    public int Start { get; }

    /// <summary>Last layer, inclusive.</summary>
    public int End { get; }

    /// <summary>Number of layers.</summary>
    public int Count => End - Start + 1;

    /// <summary>All layers of a model.</summary>
    public static LayerRange All(int layerCount) => new(0, layerCount - 1);

    /// <summary>Whether <paramref name="other"/> lies within this range.</summary>
    public bool Contains(LayerRange other) => Start <= other.Start && other.End <= End;

    /// <summary>Whether the two share a layer.</summary>
    public bool Overlaps(LayerRange other) => Start <= other.End && other.Start <= End;

    /// <summary>
    /// Cuts <paramref name="layerCount"/> layers into <paramref name="parts"/> ranges whose sizes differ by at most one, larger
    /// ones first.
    /// </summary>
    public static LayerRange[] Split(int layerCount, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, layerCount);
        var ranges = new LayerRange[parts];
        int start = 0;
        for (int i = 0; i < parts; i++)
        {
            int count = (layerCount / parts) + (i < layerCount % parts ? 1 : 0);
            ranges[i] = new LayerRange(start, start + count - 1);
            start += count;
        }
        return ranges;
    }

    /// <summary>Reads <c>A-B</c> (or <c>A</c>); false when it is not a valid range.</summary>
    public static bool TryParse(string? text, out LayerRange range)
    {
        range = default;
        if (text is null)
        {
            return false;
        }
        string[] ends = text.Split('-');
        if (ends.Length > 2
            || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int start)
            || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int end)
            || end < start)
        {
            return false;
        }
        range = new LayerRange(start, end);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start}-{End}");
}
