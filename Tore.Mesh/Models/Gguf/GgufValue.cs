namespace Tore.Mesh.Models.Gguf;

/// <summary>Where one checked metadata value lies in its file; the value itself stays there.</summary>
/// <param name="Type">Type of the value.</param>
/// <param name="ElementType">Type of an array's elements; otherwise <paramref name="Type"/>.</param>
/// <param name="Start">Offset of the stored value, just after its type tag.</param>
/// <param name="Payload">Offset of the bytes proper: after a string's length, or an array's element type and count.</param>
/// <param name="Count">Bytes of a string, elements of an array, otherwise 1.</param>
/// <param name="End">Offset just after the value.</param>
internal readonly record struct GgufValue(GgufValueType Type, GgufValueType ElementType, long Start, long Payload, long Count, long End);
