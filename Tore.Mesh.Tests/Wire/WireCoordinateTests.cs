using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

public sealed class WireCoordinateTests
{
    [Theory]
    [InlineData(0, float.NaN)]
    [InlineData(7, float.PositiveInfinity)]
    [InlineData(3, float.NegativeInfinity)]
    [InlineData(2, 60_001f)]
    [InlineData(2, -60_001f)]
    [InlineData(8, -0.001f)]
    [InlineData(8, float.NaN)]
    [InlineData(9, -0.001f)]
    [InlineData(9, 1.001f)]
    [InlineData(9, float.NaN)]
    public void TryCreate_WhatNoMeasurementLeadsTo_IsRefused(int at, float number)
    {
        float[] numbers = new float[WireCoordinate.Numbers];
        Assert.True(WireCoordinate.TryCreate(numbers, out _));
        numbers[at] = number;

        Assert.False(WireCoordinate.TryCreate(numbers, out _));
        Assert.Equal(WireFailure.Limit, Read(Encoded(numbers)));
    }

    [Fact]
    public void TryCreate_TooFewNumbers_IsRefused() => Assert.False(WireCoordinate.TryCreate(new float[9], out _));

    [Fact]
    public void RoundTripTo_IsTheDistanceAndBothHeights()
    {
        Assert.True(WireCoordinate.TryCreate([1, 0, 0, 0, 0, 0, 0, 6, 2, 0.5f], out WireCoordinate first));
        Assert.True(WireCoordinate.TryCreate([4, 0, 0, 0, 0, 0, 0, 2, 0.5f, 0.1f], out WireCoordinate second));

        Assert.Equal(5, first.DistanceTo(second), 9);
        Assert.Equal(7.5, first.RoundTripTo(second).TotalMilliseconds, 9);
        Assert.Equal(first.RoundTripTo(second), second.RoundTripTo(first));
    }

    [Fact]
    public void Equals_ComparesEveryNumber()
    {
        float[] numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 1];
        Assert.True(WireCoordinate.TryCreate(numbers, out WireCoordinate value));
        for (int i = 0; i < numbers.Length; i++)
        {
            float[] other = [.. numbers];
            other[i] -= 0.5f;
            Assert.True(WireCoordinate.TryCreate(other, out WireCoordinate changed));
            Assert.NotEqual(value, changed);
        }
        Assert.True(WireCoordinate.TryCreate(numbers, out WireCoordinate same));
        Assert.Equal(value, same);
        Assert.Equal(value.GetHashCode(), same.GetHashCode());
    }

    [Fact]
    public void Read_NumbersOfANewerWriter_AreSkipped() => Assert.Equal(WireFailure.None, Read(Encoded(new float[12])));

    [Fact]
    public void Read_ANumberMissing_IsMalformed() => Assert.Equal(WireFailure.Malformed, Read(Encoded(new float[9])));

    private static byte[] Encoded(float[] numbers)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteArrayHeader(numbers.Length);
        foreach (float number in numbers)
        {
            writer.Write(number);
        }
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static WireFailure Read(byte[] bytes)
    {
        var reader = new MessagePackReader(bytes);
        bool read = WireCoordinate.TryRead(ref reader, out _);
        Assert.Equal(read, reader.Failure == WireFailure.None);
        Assert.True(!read || reader.Remaining == 0);
        return reader.Failure;
    }
}
