using System.Globalization;
using System.Text.Json;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Tensors;

/// <summary>
/// The committed vectors: inputs, correctly rounded results and the bits of our definition, all made in exact arithmetic by a second
/// implementation of docs/arithmetic.md.
/// </summary>
public sealed class CanonicalMathTests
{
    [Theory]
    [InlineData("exp")]
    [InlineData("tanh")]
    [InlineData("log")]
    [InlineData("sin")]
    [InlineData("cos")]
    public void Function_CommittedVectors_GivesTheBitsOfTheDefinition(string name)
    {
        Func<float, float> function = FunctionOf(name);
        foreach (JsonElement row in Cases(name))
        {
            float x = BitConverter.UInt32BitsToSingle(Bits(row[0]));
            uint result = BitConverter.SingleToUInt32Bits(function(x));
            Assert.True(Bits(row[2]) == result, $"{name}({x:R}): {result:X8} instead of {row[2]}");
        }
    }

    [Theory]
    [InlineData("exp")]
    [InlineData("tanh")]
    [InlineData("log")]
    [InlineData("sin")]
    [InlineData("cos")]
    public void Function_CommittedVectors_StaysWithinTheStatedError(string name)
    {
        Func<float, float> function = FunctionOf(name);
        double bound = Read(name).RootElement.GetProperty("boundUlp").GetDouble();
        int compared = 0;
        foreach (JsonElement row in Cases(name))
        {
            float x = BitConverter.UInt32BitsToSingle(Bits(row[0]));
            float result = function(x);
            bool saturated = name == "exp" && (x is < CanonicalMath.ExpLowest or > CanonicalMath.ExpHighest);
            if (row.GetArrayLength() > 3 && !saturated)
            {
                double exact = row[3].GetDouble();
                double error = Math.Abs(result - exact) / Ulp(exact);
                Assert.True(error < bound, $"{name}({x:R}) is {error} ULP off");
                compared++;
            }
        }
        Assert.InRange(compared, 100, int.MaxValue);
    }

    [Fact]
    public void Exp_BeyondItsRange_IsZeroOrInfinity()
    {
        Assert.Equal(0f, CanonicalMath.Exp(-87.31f));
        Assert.Equal(0f, CanonicalMath.Exp(float.NegativeInfinity));
        Assert.True(float.IsNormal(CanonicalMath.Exp(-87.3f)));
        Assert.True(float.IsFinite(CanonicalMath.Exp(88.7f)));
        Assert.Equal(float.PositiveInfinity, CanonicalMath.Exp(88.71f));
        Assert.Equal(float.PositiveInfinity, CanonicalMath.Exp(float.PositiveInfinity));
        Assert.Equal(0x7FC00000u, BitConverter.SingleToUInt32Bits(CanonicalMath.Exp(-float.NaN)));
    }

    [Fact]
    public unsafe void RopeTable_CommittedVectors_GivesTheBitsOfTheDefinition()
    {
        foreach (var group in Cases("rope").GroupBy(row => (Number(row, 0), Number(row, 1), Number(row, 2), Number(row, 3))))
        {
            (int frequencyBase, int pairs, int scale, int factor) = group.Key;
            float[] factors = factor == 1 ? [] : [.. Enumerable.Repeat((float)factor, pairs)];
            // Only the row asked for is of interest: a table of 131,072 rows is left out of the suite for its size.
            foreach (JsonElement row in group.Where(row => Number(row, 4) < 5_000))
            {
                using RopeTable table = new(Number(row, 4) + 1, pairs, frequencyBase, scale, factors);
                int pair = Number(row, 5);
                Assert.Equal(Bits(row[6]), BitConverter.SingleToUInt32Bits(table.Cos(Number(row, 4))[pair]));
                Assert.Equal(Bits(row[7]), BitConverter.SingleToUInt32Bits(table.Sin(Number(row, 4))[pair]));
            }
        }
    }

    [Fact]
    public unsafe void RopeTable_FarPosition_GivesTheBitsOfTheDefinition()
    {
        using RopeTable table = new(131_072, 32, 10_000, 1, []);
        foreach (JsonElement row in Cases("rope").Where(row => (Number(row, 0), Number(row, 1), Number(row, 2)) == (10_000, 32, 1)))
        {
            Assert.Equal(Bits(row[6]), BitConverter.SingleToUInt32Bits(table.Cos(Number(row, 4))[Number(row, 5)]));
            Assert.Equal(Bits(row[7]), BitConverter.SingleToUInt32Bits(table.Sin(Number(row, 4))[Number(row, 5)]));
        }
    }

    private static Func<float, float> FunctionOf(string name) => name switch
    {
        "exp" => CanonicalMath.Exp,
        "tanh" => CanonicalMath.Tanh,
        "log" => CanonicalMath.Log,
        "sin" => CanonicalMath.Sin,
        _ => CanonicalMath.Cos,
    };

    private static JsonElement[] Cases(string name) => [.. Read(name).RootElement.GetProperty("cases").EnumerateArray()];

    private static JsonDocument Read(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedFiles.Repository, "Tore.Mesh.Tests", "Tensors", "Vectors", name + ".json")));

    private static uint Bits(JsonElement hex) => uint.Parse(hex.GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static int Number(JsonElement row, int column) => row[column].GetInt32();

    private static double Ulp(double exact) => Math.Max(Math.ScaleB(1, Math.ILogB(exact) - 23), Math.ScaleB(1, -149));
}
