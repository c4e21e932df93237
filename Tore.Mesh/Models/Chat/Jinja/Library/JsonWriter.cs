using System.Globalization;
using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>Writes values as Python's <c>json.dumps</c> does.</summary>
internal sealed class JsonWriter(
    TextBuilder builder, Rendering rendering, string? step, string itemSeparator, string keySeparator)
{
    /// <summary>Writes a value at a depth of nesting.</summary>
    public void Write(object? value, int depth)
    {
        if (depth > Limits.TemplateDepth)
        {
            throw rendering.Limit($"writes values nested deeper than {Limits.TemplateDepth}");
        }
        switch (value)
        {
            case null:
                builder.Append("null");
                break;
            case bool truth:
                builder.Append(truth ? "true" : "false");
                break;
            case long number:
                builder.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                builder.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number)
                    ? number > 0 ? "Infinity" : "-Infinity" : Printing.Float(number));
                break;
            case JinjaText text:
                WriteString(text);
                break;
            case JinjaList list:
                WriteAll("[", "]", list.Count, depth, index => Write(list.Items[index], depth + 1));
                break;
            case JinjaDict dict:
                KeyValuePair<JinjaKey, object?>[] entries = [.. dict.Entries];
                WriteAll("{", "}", entries.Length, depth, index => WriteEntry(entries[index], depth));
                break;
            default:
                throw new JinjaException($"a value of type '{ValueNames.Of(value)}' is not JSON");
        }
    }

    private void WriteEntry(KeyValuePair<JinjaKey, object?> entry, int depth)
    {
        if (entry.Key.Value is JinjaText text)
        {
            WriteString(text);
        }
        else
        {
            builder.Append("\"");
            Write(entry.Key.Value, depth + 1);
            builder.Append("\"");
        }
        builder.Append(keySeparator);
        Write(entry.Value, depth + 1);
    }

    private void WriteAll(string open, string close, int count, int depth, Action<int> write)
    {
        builder.Append(open);
        for (int index = 0; index < count; index++)
        {
            builder.Append(index > 0 ? itemSeparator : "");
            NewLine(depth + 1);
            write(index);
        }
        if (count > 0)
        {
            NewLine(depth);
        }
        builder.Append(close);
    }

    private void NewLine(int depth)
    {
        if (step is not null)
        {
            builder.Append("\n");
            for (int level = 0; level < depth; level++)
            {
                builder.Append(step);
            }
        }
    }

    private void WriteString(JinjaText text)
    {
        builder.Append("\"");
        int done = 0;
        for (int index = 0; index < text.Value.Length; index++)
        {
            if (EscapeOf(text.Value[index]) is { } escape)
            {
                builder.Append(text, done, index - done).Append(escape, text.TrustedAt(index));
                done = index + 1;
            }
        }
        builder.Append(text, done, text.Value.Length - done).Append("\"");
    }

    private static string? EscapeOf(char value) => value switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' => $"\\u{(int)value:x4}",
        _ => null,
    };
}
