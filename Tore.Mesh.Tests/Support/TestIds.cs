using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Support;

/// <summary>Node ids without a key behind them, in the order of their numbers.</summary>
internal static class TestIds
{
    /// <summary>The id of a number.</summary>
    public static NodeId Of(int number) => new(new Guid(number, 0, 0, new byte[8]));
}
