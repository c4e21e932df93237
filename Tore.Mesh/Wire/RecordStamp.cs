namespace Tore.Mesh.Wire;

/// <summary>Which of an author's words is the last: the higher incarnation, then the higher version.</summary>
/// <param name="Incarnation">The author's as it wrote.</param>
/// <param name="Version">Rises with every record of an incarnation.</param>
internal readonly record struct RecordStamp(ulong Incarnation, ulong Version) : IComparable<RecordStamp>
{
    /// <inheritdoc/>
    public int CompareTo(RecordStamp other)
    {
        int order = Incarnation.CompareTo(other.Incarnation);
        return order != 0 ? order : Version.CompareTo(other.Version);
    }

    /// <summary>Appends the two fields.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.Write(Incarnation);
        writer.Write(Version);
    }

    /// <summary>Reads the two fields.</summary>
    public static bool TryRead(ref MessagePackReader reader, out RecordStamp value)
    {
        ulong version = 0;
        bool read = reader.TryRead(out ulong incarnation) && reader.TryRead(out version);
        value = new RecordStamp(incarnation, version);
        return read;
    }

    public static bool operator <(RecordStamp left, RecordStamp right) => left.CompareTo(right) < 0;
    public static bool operator >(RecordStamp left, RecordStamp right) => left.CompareTo(right) > 0;
    public static bool operator <=(RecordStamp left, RecordStamp right) => left.CompareTo(right) <= 0;
    public static bool operator >=(RecordStamp left, RecordStamp right) => left.CompareTo(right) >= 0;
}
