using System.Runtime.CompilerServices;
using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>One run of a template: its output so far, the line at hand, and what is left of its limits.</summary>
internal sealed class Rendering
{
    // Handling 64 characters or items costs as much as one step, so that a few steps cannot do the work of millions.
    private const int UnitsPerStep = 64;
    private long _units = (long)Limits.TemplateSteps * UnitsPerStep;
    private int _depth;

    /// <summary>Begins with no output.</summary>
    public Rendering() => Output = new TextBuilder(this);

    /// <summary>Line of the template that is being rendered, from 1.</summary>
    public int Line { get; set; }

    /// <summary>Where text goes.</summary>
    public TextBuilder Output { get; private set; }

    /// <summary>Counts one step at a line.</summary>
    public void Step(int line)
    {
        Line = line;
        Charge(UnitsPerStep);
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Limit("nests too deep");
        }
    }

    /// <summary>Counts a search for one text in another, whose worst case is their product.</summary>
    public void ChargeSearch(int textLength, int partLength) => Charge((textLength / 8) + ((long)textLength * partLength / 256));

    /// <summary>Counts the look-up of a key.</summary>
    public void ChargeKey(object? key) => Charge(key is JinjaText text ? 1 + (text.Value.Length / 8) : 1);

    /// <summary>Counts characters or items handled.</summary>
    public void Charge(long units)
    {
        _units -= units;
        if (_units < 0)
        {
            throw Limit($"takes more than {Limits.TemplateSteps} steps");
        }
    }

    /// <summary>Runs something and gives the text that it put out.</summary>
    public JinjaText Capture(Action body)
    {
        TextBuilder outer = Output;
        Output = new TextBuilder(this);
        if (++_depth > Limits.TemplateDepth)
        {
            throw Limit($"calls itself or captures deeper than {Limits.TemplateDepth} levels");
        }
        body();
        _depth--;
        JinjaText text = Output.ToText();
        Output = outer;
        return text;
    }

    /// <summary>The error of a limit.</summary>
    public ToreException Limit(string what) =>
        new(ErrorCodes.TemplateLimit, $"The chat template {what} (line {Line}); use --template FAMILY or --raw instead.");
}
