namespace Tore.Mesh.Tests.Tensors;

/// <summary>Seeded activations.</summary>
internal static class Activations
{
    /// <summary>Rows of values of mixed size; some blocks all zero, some below 2^-100.</summary>
    public static float[] Random(int tokens, int columns, int seed)
    {
        Random random = new(seed);
        float[] x = new float[tokens * columns];
        for (int i = 0; i < x.Length; i++)
        {
            int kind = i / 32 % 9;
            double scale = kind switch { 3 => 0, 5 => Math.Pow(2, -101), 7 => Math.Pow(2, random.Next(-30, 6)), _ => 1 };
            x[i] = (float)((random.NextDouble() - 0.5) * scale);
        }
        return x;
    }
}
