using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>Subscripts and slices of sequences, with Python's negative indexes and steps.</summary>
internal static class Slicing
{
    /// <summary>The item of a sequence at an index, or null and false beyond its ends.</summary>
    public static bool TryItem(object sequence, long index, out object? item)
    {
        item = null;
        switch (sequence)
        {
            case JinjaList list:
                index += index < 0 ? list.Count : 0;
                bool within = index >= 0 && index < list.Count;
                item = within ? list.Items[(int)index] : null;
                return within;
            case JinjaText { HasSurrogates: false } text:
                index += index < 0 ? text.Value.Length : 0;
                bool inside = index >= 0 && index < text.Value.Length;
                item = inside ? text.Slice((int)index, 1) : null;
                return inside;
            case JinjaText text:
                return TryItem(new JinjaList(CodePoints.Split(text)), index, out item);
            default:
                return false;
        }
    }

    /// <summary>A slice of a list, tuple or text.</summary>
    public static object Slice(Rendering rendering, object? sequence, long? start, long? stop, long? step)
    {
        switch (sequence)
        {
            case JinjaList list:
                rendering.Charge(list.Count);
                return new JinjaList([.. Indexes(list.Count, start, stop, step).Select(index => list.Items[index])], list.IsTuple);
            case JinjaText text:
                rendering.Charge(text.Value.Length);
                return SliceText(rendering, text, start, stop, step);
            case JinjaUndefined undefined:
                throw undefined.Fail();
            default:
                throw new JinjaException($"'{ValueNames.Of(sequence)}' object cannot be sliced");
        }
    }

    private static JinjaText SliceText(Rendering rendering, JinjaText text, long? start, long? stop, long? step)
    {
        if (!text.HasSurrogates && step is null or 1)
        {
            (long first, long last) = Bounds(text.Value.Length, start, stop, 1);
            return text.Slice((int)first, (int)Math.Max(0, last - first));
        }
        int[] starts = CodePoints.Starts(text);
        TextBuilder builder = new(rendering);
        foreach (int index in Indexes(starts.Length, start, stop, step))
        {
            builder.Append(text, starts[index], CodePoints.LengthAt(text.Value, starts[index]));
        }
        return builder.ToText();
    }

    private static IEnumerable<int> Indexes(int count, long? start, long? stop, long? step)
    {
        long stride = step ?? 1;
        if (stride == 0)
        {
            throw new JinjaException("slice step cannot be zero");
        }
        (long first, long last) = Bounds(count, start, stop, stride);
        stride = Math.Clamp(stride, -count - 1L, count + 1L);
        for (long index = first; stride > 0 ? index < last : index > last; index += stride)
        {
            yield return (int)index;
        }
    }

    private static (long First, long Last) Bounds(int count, long? start, long? stop, long step)
    {
        long low = step > 0 ? 0 : -1;
        long high = step > 0 ? count : count - 1;
        long Place(long? given, long absent) =>
            given is null ? absent : Math.Clamp(given.Value < 0 ? Math.Max(given.Value, -count - 1L) + count : given.Value, low, high);
        return (Place(start, step > 0 ? low : high), Place(stop, step > 0 ? high : low));
    }
}
