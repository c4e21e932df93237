using System.Globalization;
using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>
/// The filter <c>tojson</c> as model hubs define it: Python's <c>json.dumps</c> with <c>ensure_ascii=False</c>, and none of the
/// HTML escapes of Jinja's own.
/// </summary>
internal static class JsonText
{
    /// <summary>A value as JSON.</summary>
    /// <param name="rendering">The run.</param>
    /// <param name="value">The value.</param>
    /// <param name="arguments"><c>ensure_ascii</c> (only false), <c>indent</c>, <c>sort_keys</c> (only false), <c>separators</c>.</param>
    public static JinjaText Of(Rendering rendering, object? value, Arguments arguments)
    {
        bool first = arguments.Count > 0 && arguments.Take(0, "indent", null) is not bool;
        object? indent = first ? arguments.Take(0, "indent", null) : arguments.Take(1, "indent", null);
        if (!first && arguments.TakeTruth(0, "ensure_ascii", false))
        {
            throw new JinjaException("tojson(ensure_ascii=true) is not supported");
        }
        string? step = indent switch
        {
            null => null,
            JinjaText text => text.Value,
            _ when Operators.TryInteger(indent, out long width) && width <= Limits.TemplateDepth => new string(' ', (int)Math.Max(0, width)),
            _ => throw new JinjaException("tojson(indent) must be a small integer or a string"),
        };
        (string item, string key) = Separators(arguments.Take(first ? 1 : 2, "separators", null), step is null);
        if (arguments.TakeTruth(first ? 2 : 3, "sort_keys", false))
        {
            throw new JinjaException("tojson(sort_keys=true) is not supported");
        }
        TextBuilder builder = new(rendering);
        new Writer(builder, rendering, step, item, key).Write(value, 0);
        return builder.ToText();
    }

    private static (string Item, string Key) Separators(object? given, bool oneLine) => given switch
    {
        null => (oneLine ? ", " : ",", ": "),
        JinjaList { Count: 2 } pair when pair.Items[0] is JinjaText item && pair.Items[1] is JinjaText key => (item.Value, key.Value),
        _ => throw new JinjaException("tojson(separators) must be two strings"),
    };

    private sealed class Writer(TextBuilder builder, Rendering rendering, string? step, string itemSeparator, string keySeparator)
    {
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
}
