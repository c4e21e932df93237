using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>A stream of control frames.</summary>
internal sealed class FrameTarget(IReadOnlyList<byte[]> corpus) : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "frames";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus => corpus;

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        var stream = new ReadOnlySequence<byte>(input);
        long left = stream.Length;
        bool any = false;
        while (Frame.TryRead(ref stream, Frame.BytesMax(LinkKind.Control), out _, out ReadOnlySequence<byte> body))
        {
            if (stream.Length + body.Length + Frame.HeaderBytes != left)
            {
                throw new InvalidOperationException("a frame took other bytes than its own");
            }
            (left, any) = (stream.Length, true);
        }
        return any;
    }
}
