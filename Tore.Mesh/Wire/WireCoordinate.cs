using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// Where a node stands in the space of round trips: eight dimensions, a height (what its own access link adds to every path) and how
/// wrong it takes itself to be. Distances are milliseconds. Ten float 32 on the wire; every value of this type is within bounds.
/// </summary>
internal readonly struct WireCoordinate : IEquatable<WireCoordinate>
{
    /// <summary>Dimensions of the space.</summary>
    public const int Dimensions = 8;

    /// <summary>Numbers of a coordinate: the dimensions, height, error.</summary>
    public const int Numbers = Dimensions + 2;

    private readonly Numbers10 _numbers;

    private WireCoordinate(ReadOnlySpan<float> numbers) => numbers.CopyTo(_numbers);

    /// <summary>A node that has measured nothing: in the middle, and sure of nothing.</summary>
    public static WireCoordinate Origin { get; } = new([0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

    /// <summary>Position in each dimension, milliseconds.</summary>
    [UnscopedRef]
    public ReadOnlySpan<float> Position => ((ReadOnlySpan<float>)_numbers)[..Dimensions];

    /// <summary>What the node's access link adds to every path, milliseconds.</summary>
    public float Height => _numbers[Dimensions];

    /// <summary>The share by which its predictions are wrong: 0 exact, 1 no idea.</summary>
    public float Error => _numbers[Dimensions + 1];

    /// <summary>
    /// Takes ten numbers; false for what no measurement leads to: not finite, too far, a negative height, an error outside 0..1.
    /// </summary>
    public static bool TryCreate(ReadOnlySpan<float> numbers, out WireCoordinate value)
    {
        value = default;
        if (numbers.Length != Numbers)
        {
            return false;
        }
        foreach (float number in numbers)
        {
            // NaN compares false.
            if (!(Math.Abs(number) <= Limits.CoordinateMilliseconds))
            {
                return false;
            }
        }
        value = new WireCoordinate(numbers);
        return value is { Height: >= 0, Error: >= 0 and <= 1 };
    }

    /// <summary>The round trip between two nodes that stand there, as predicted.</summary>
    public TimeSpan RoundTripTo(in WireCoordinate other) => TimeSpan.FromMilliseconds(DistanceTo(other) + Height + other.Height);

    /// <summary>The distance without heights, milliseconds.</summary>
    public double DistanceTo(in WireCoordinate other)
    {
        double squares = 0;
        for (int i = 0; i < Dimensions; i++)
        {
            double difference = (double)_numbers[i] - other._numbers[i];
            squares += difference * difference;
        }
        return Math.Sqrt(squares);
    }

    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Numbers);
        for (int i = 0; i < Numbers; i++)
        {
            writer.Write(_numbers[i]);
        }
    }

    /// <summary>Appends the value, or nil.</summary>
    public static void WriteOptional(ref MessagePackWriter writer, in WireCoordinate? value)
    {
        if (value is { } coordinate)
        {
            coordinate.Write(ref writer);
        }
        else
        {
            writer.WriteNil();
        }
    }

    /// <summary>Reads nil, or a value.</summary>
    public static bool TryReadOptional(ref MessagePackReader reader, out WireCoordinate? value)
    {
        value = null;
        if (reader.TryReadNil())
        {
            return true;
        }
        bool read = TryRead(ref reader, out WireCoordinate coordinate);
        value = coordinate;
        return read;
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out WireCoordinate value)
    {
        value = default;
        if (!reader.TryReadFields(Numbers, out int added))
        {
            return false;
        }
        Span<float> numbers = stackalloc float[Numbers];
        for (int i = 0; i < Numbers; i++)
        {
            if (!reader.TryRead(out numbers[i]))
            {
                return false;
            }
        }
        return (TryCreate(numbers, out value) || reader.Refuse(WireFailure.Limit)) && reader.TrySkip(added);
    }

    /// <inheritdoc/>
    public bool Equals(WireCoordinate other) => ((ReadOnlySpan<float>)_numbers).SequenceEqual(other._numbers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WireCoordinate other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_numbers[0], _numbers[1], Height, Error);

    /// <inheritdoc/>
    public override string ToString() => $"({string.Join(", ", Position.ToArray())}) + {Height} ms, error {Error}";

    public static bool operator ==(WireCoordinate left, WireCoordinate right) => left.Equals(right);
    public static bool operator !=(WireCoordinate left, WireCoordinate right) => !left.Equals(right);

    [InlineArray(Numbers)]
    private struct Numbers10
    {
        private float _first;
    }
}
