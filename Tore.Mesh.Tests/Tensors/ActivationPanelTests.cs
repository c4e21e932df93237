using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

public sealed unsafe class ActivationPanelTests
{
    [Fact]
    public void Load_HandWorkedBlock_RoundsHalfToEven()
    {
        float[] x = new float[32];
        x[0] = 127f;
        x[1] = 0.5f;
        x[2] = 1.5f;
        x[3] = 2.5f;
        x[4] = -0.5f;
        x[5] = -1.5f;
        x[6] = -126.5f;
        x[7] = 126.49f;
        foreach (KernelSet set in Sets)
        {
            using ActivationPanel panel = Load(ActivationForm.Block32, x, 32, set, out bool finite);
            byte* record = panel.Row(0);
            Assert.True(finite);
            Assert.Equal(1f, *(float*)(record + Record32.Scale));
            Assert.Equal([127, 0, 2, 2, 0, -2, -126, 126], Values(record + Record32.Values, 8));
            Assert.Equal(127 + 2 + 2 - 2, *(int*)(record + Record32.Sum));
        }
    }

    [Fact]
    public void Load_LargestBelowTwoToMinus100_IsAllZeros()
    {
        float limit = MathF.ScaleB(1, -100);
        float[] x = new float[64];
        x[3] = MathF.BitDecrement(limit);
        x[35] = -limit;
        foreach (KernelSet set in Sets)
        {
            using ActivationPanel panel = Load(ActivationForm.Block32, x, 64, set, out bool finite);
            Assert.True(finite);
            Assert.Equal(0f, *(float*)(panel.Row(0) + Record32.Scale));
            Assert.Equal(new int[32], Values(panel.Row(0) + Record32.Values, 32));
            Assert.Equal(limit / 127f, *(float*)(panel.Row(0) + Record32.Bytes + Record32.Scale));
            Assert.Equal(-127, *(int*)(panel.Row(0) + Record32.Bytes + Record32.Sum));
        }
    }

    [Theory]
    [InlineData(ActivationForm.Float)]
    [InlineData(ActivationForm.Block32)]
    [InlineData(ActivationForm.Block256)]
    public void Load_InfiniteOrUndefinedValue_IsRefused(object form)
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            foreach (KernelSet set in Sets)
            {
                float[] x = Activations.Random(1, 512, seed: 1);
                x[401] = bad;
                using ActivationPanel panel = Load((ActivationForm)form, x, 512, set, out bool finite);
                Assert.False(finite);
            }
        }
    }

    [Fact]
    public void Load_RandomBlocks_EveryFormEqualsTheDefinitionBitForBit()
    {
        Random random = new(9);
        float[] x = new float[256 * 40];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = (float)((random.NextDouble() - 0.5) * Math.Pow(2, (i / 256 * 5) - 110));
        }
        x[7] = float.MaxValue;
        foreach (KernelSet set in Sets)
        {
            using ActivationPanel small = Load(ActivationForm.Block32, x, x.Length, set, out _);
            for (int block = 0; block < x.Length / 32; block++)
            {
                (float d, int[] q) = StoredRows.Quantize(x.AsSpan(32 * block, 32));
                byte* record = small.Row(0) + (block * Record32.Bytes);
                Assert.Equal(d, *(float*)(record + Record32.Scale));
                Assert.Equal(q, Values(record + Record32.Values, 32));
                Assert.Equal(q.Sum(), *(int*)(record + Record32.Sum));
            }
            using ActivationPanel large = Load(ActivationForm.Block256, x, x.Length, set, out _);
            for (int block = 0; block < x.Length / 256; block++)
            {
                (float d, int[] q) = StoredRows.Quantize(x.AsSpan(256 * block, 256));
                byte* record = large.Row(0) + (block * Record256.Bytes);
                Assert.Equal(d, *(float*)(record + Record256.Scale));
                Assert.Equal(q, Values(record + Record256.Values, 256));
                for (int i = 0; i < 16; i++)
                {
                    Assert.Equal(q.Skip(16 * i).Take(16).Sum(), ((short*)(record + Record256.Sums16))[i]);
                    Assert.Equal(q.Skip(32 * (i / 2)).Take(32).Sum(), ((short*)(record + Record256.Sums32))[i / 2]);
                }
            }
        }
    }

    private static KernelSet[] Sets => KernelSets.Available.ToArray();

    private static ActivationPanel Load(ActivationForm form, float[] x, int columns, KernelSet set, out bool finite)
    {
        ActivationPanel panel = new(1, columns);
        fixed (float* values = x)
        {
            finite = panel.Load(form, values, columns, columns, 0, 1, set);
        }
        return panel;
    }

    private static int[] Values(byte* from, int count)
    {
        int[] values = new int[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (sbyte)from[i];
        }
        return values;
    }
}
