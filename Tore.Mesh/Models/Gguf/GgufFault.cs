using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Models.Gguf;

/// <summary>The errors of a model file: each names the file, what is wrong with it, and what to do.</summary>
internal static class GgufFault
{
    private const int LongestMessage = 1_000;

    public static ToreException Malformed(string file, string what) =>
        new(
            ErrorCodes.ModelMalformed,
            $"{file}: {Shown(what)}. The file is damaged or was written by a faulty tool: fetch or convert it again.");

    public static ToreException Truncated(string file, string what) =>
        new(
            ErrorCodes.ModelTruncated,
            $"{file}: {Shown(what)}. The file is cut short: fetch it again and compare its size with the source's.");

    public static ToreException Limit(string file, string what) =>
        new(
            ErrorCodes.ModelLimit,
            $"{file}: {Shown(what)}. No real model needs that much: the file is damaged or hostile, fetch it from a source you trust.");

    public static ToreException BadValue(string file, string what) =>
        new(ErrorCodes.ModelBadValue, $"{file}: {Shown(what)}. Convert the model again with a current tool.");

    public static ToreException Unsupported(string file, string what) =>
        new(ErrorCodes.ModelUnsupported, $"{file}: {Shown(what)}. This engine cannot run it: use another model.");

    public static ToreException UnknownType(string file, GgufTensor tensor) => new(
        ErrorCodes.UnknownTensorType,
        $"{file}: {Shown($"tensor '{tensor.Name}' has type {tensor.TypeName}")}, which this engine does not read. It reads "
        + $"{string.Join(", ", Enum.GetNames<TensorType>())}: take a file in one of these.");

    /// <summary>Keys and names come from strangers: what could steer a terminal is shown as U+FFFD, what is long is cut.</summary>
    public static string Shown(string what) =>
        string.Concat(what.Take(LongestMessage).Select(character => char.IsControl(character) ? '\ufffd' : character));
}
