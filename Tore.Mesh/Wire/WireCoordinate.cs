using System.Runtime.Intrinsics;

namespace Tore.Mesh.Wire;

/// <summary>
/// A network coordinate (Vivaldi) as it travels; part of <see cref="Ping"/> and <see cref="Pong"/>. Numbers of a stranger: any bits.
/// </summary>
/// <param name="Position">The eight dimensions, in seconds of round trip.</param>
/// <param name="Height">The way up to the network, in seconds.</param>
/// <param name="Error">How wrong its owner holds it to be, relative: 0 to 1.</param>
internal readonly record struct WireCoordinate(Vector256<float> Position, float Height, float Error)
{
    /// <summary>Dimensions beside the height.</summary>
    public const int Dimensions = 8;

    private const int Fields = Dimensions + 2;

    /// <summary>Appends nil, or the value.</summary>
    public static void Write(ref MessagePackWriter writer, in WireCoordinate? value)
    {
        if (value is not { } coordinate)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(Fields);
        for (int i = 0; i < Dimensions; i++)
        {
            writer.Write(coordinate.Position[i]);
        }
        writer.Write(coordinate.Height);
        writer.Write(coordinate.Error);
    }

    /// <summary>Reads nil, or a value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out WireCoordinate? value)
    {
        value = null;
        if (reader.TryReadNil())
        {
            return true;
        }
        Vector256<float> position = default;
        if (!reader.TryReadFields(Fields, out int added))
        {
            return false;
        }
        for (int i = 0; i < Dimensions; i++)
        {
            if (!reader.TryRead(out float part))
            {
                return false;
            }
            position = position.WithElement(i, part);
        }
        if (!reader.TryRead(out float height) || !reader.TryRead(out float error) || !reader.TrySkip(added))
        {
            return false;
        }
        value = new WireCoordinate(position, height, error);
        return true;
    }
}
