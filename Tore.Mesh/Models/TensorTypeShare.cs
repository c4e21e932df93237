using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Models;

/// <summary>The tensors of one type in a model.</summary>
/// <param name="Type">The field's name of the type.</param>
/// <param name="Tensors">How many there are.</param>
/// <param name="Elements">Their elements.</param>
/// <param name="Bytes">Their stored bytes; 0 where the size of the type is not known.</param>
public sealed record TensorTypeShare(string Type, int Tensors, long Elements, long Bytes)
{
    /// <summary>Counts tensors by type, the type with the most bytes first.</summary>
    public static IReadOnlyList<TensorTypeShare> Of(IEnumerable<GgufTensor> tensors) =>
    [
        .. tensors
            .GroupBy(tensor => tensor.TypeName)
            .Select(group => new TensorTypeShare(
                group.Key, group.Count(), group.Sum(tensor => tensor.Elements), group.Sum(tensor => Math.Max(tensor.Bytes, 0))))
            .OrderByDescending(share => share.Bytes)
            .ThenBy(share => share.Type, StringComparer.Ordinal),
    ];
}
