using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Gguf;

/// <summary>The errors of a model file: each names the file, what is wrong with it, and what to do.</summary>
internal static class GgufFault
{
    public static ToreException Malformed(string file, string what) =>
        new(ErrorCodes.ModelMalformed, $"{file}: {what}. The file is damaged or was written by a faulty tool: fetch or convert it again.");

    public static ToreException Truncated(string file, string what) =>
        new(ErrorCodes.ModelTruncated, $"{file}: {what}. The file is cut short: fetch it again and compare its size with the source's.");

    public static ToreException Limit(string file, string what) =>
        new(
            ErrorCodes.ModelLimit,
            $"{file}: {what}. No real model needs that much: the file is damaged or hostile, fetch it from a source you trust.");

    public static ToreException BadValue(string file, string what) =>
        new(ErrorCodes.ModelBadValue, $"{file}: {what}. Convert the model again with a current tool.");

    public static ToreException Unsupported(string file, string what) =>
        new(ErrorCodes.ModelUnsupported, $"{file}: {what}. This engine cannot run it: use another model.");
}
