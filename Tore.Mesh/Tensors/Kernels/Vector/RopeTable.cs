namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Cosines and sines of every position and pair, computed once in binary64 and rounded once to f32.</summary>
internal sealed unsafe class RopeTable : IDisposable
{
    private readonly AlignedBuffer _rows;

    /// <summary>Computes the table.</summary>
    /// <param name="positions">Rows: the context length.</param>
    /// <param name="pairs">Pairs turned in a head: half the rotary dimensions.</param>
    /// <param name="frequencyBase">Base of the frequencies (10000 in Llama 2, 500000 in Llama 3).</param>
    /// <param name="linearScale">Divides every frequency (linear scaling); 1 for none.</param>
    /// <param name="factors">One divisor a pair (llama3 scaling, the tensor <c>rope_freqs.weight</c>); empty for none.</param>
    public RopeTable(int positions, int pairs, double frequencyBase, double linearScale, ReadOnlySpan<float> factors)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pairs);
        if (!factors.IsEmpty)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(factors.Length, pairs);
        }
        Positions = positions;
        Pairs = pairs;
        double[] frequencies = Frequencies(pairs, frequencyBase, linearScale, factors);
        _rows = new AlignedBuffer(BytesFor(positions, pairs));
        for (int position = 0; position < positions; position++)
        {
            float* cos = Cos(position);
            float* sin = Sin(position);
            for (int i = 0; i < pairs; i++)
            {
                (double s, double c) = CanonicalDouble.SinCos(position * frequencies[i]);
                cos[i] = (float)c;
                sin[i] = (float)s;
            }
        }
    }

    /// <summary>Rows of the table.</summary>
    public int Positions { get; }

    /// <summary>Pairs in a row.</summary>
    public int Pairs { get; }

    /// <summary>Bytes that a table takes.</summary>
    public static long BytesFor(int positions, int pairs) => 2L * sizeof(float) * positions * pairs;

    /// <summary>The cosines of a position, one a pair.</summary>
    public float* Cos(int position) => _rows.Floats + (2L * position * Pairs);

    /// <summary>The sines of a position, one a pair.</summary>
    public float* Sin(int position) => Cos(position) + Pairs;

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    private static double[] Frequencies(int pairs, double frequencyBase, double linearScale, ReadOnlySpan<float> factors)
    {
        double[] frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            double frequency = CanonicalDouble.Pow(frequencyBase, -(2.0 * i) / (2.0 * pairs));
            if (!factors.IsEmpty)
            {
                frequency /= factors[i];
            }
            frequencies[i] = frequency / linearScale;
        }
        return frequencies;
    }
}
