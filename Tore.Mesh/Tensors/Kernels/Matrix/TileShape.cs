namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>How many vectors of rows by how many tokens a tile kernel holds; constants to the compiler.</summary>
internal interface ITileShape
{
    /// <summary>Vectors of rows: 1 or 2.</summary>
    static abstract int Vectors { get; }

    /// <summary>Tokens: 1 to 4.</summary>
    static abstract int Tokens { get; }
}

internal readonly struct Shape1X1 : ITileShape
{
    public static int Vectors => 1;

    public static int Tokens => 1;
}

internal readonly struct Shape1X2 : ITileShape
{
    public static int Vectors => 1;

    public static int Tokens => 2;
}

internal readonly struct Shape1X3 : ITileShape
{
    public static int Vectors => 1;

    public static int Tokens => 3;
}

internal readonly struct Shape1X4 : ITileShape
{
    public static int Vectors => 1;

    public static int Tokens => 4;
}

internal readonly struct Shape2X1 : ITileShape
{
    public static int Vectors => 2;

    public static int Tokens => 1;
}

internal readonly struct Shape2X2 : ITileShape
{
    public static int Vectors => 2;

    public static int Tokens => 2;
}

internal readonly struct Shape2X3 : ITileShape
{
    public static int Vectors => 2;

    public static int Tokens => 3;
}

internal readonly struct Shape2X4 : ITileShape
{
    public static int Vectors => 2;

    public static int Tokens => 4;
}
