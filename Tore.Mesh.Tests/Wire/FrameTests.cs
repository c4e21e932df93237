using System.Buffers;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

public sealed class FrameTests
{
    [Fact]
    public void TryRead_FramesBytewise_GivesEachAsSoonAsItIsWhole()
    {
        byte[] bytes = [.. FrameOf(MessageType.Ping, 3), .. FrameOf(MessageType.Pong, 0), .. FrameOf((MessageType)999, 5)];
        List<(MessageType Type, long Bytes, int At)> frames = [];
        int start = 0;
        for (int end = 1; end <= bytes.Length; end++)
        {
            var buffer = new ReadOnlySequence<byte>(bytes, start, end - start);
            while (Frame.TryRead(ref buffer, Limits.ControlFrameBytes, out MessageType type, out ReadOnlySequence<byte> body))
            {
                frames.Add((type, body.Length, end));
                start = end - (int)buffer.Length;
            }
        }

        Assert.Equal([(MessageType.Ping, 3, 9), (MessageType.Pong, 0, 15), ((MessageType)999, 5, 26)], frames);
    }

    [Theory]
    [InlineData("00000000", "wire_malformed")]
    [InlineData("00000001", "wire_malformed")]
    [InlineData("ffffffff", "wire_limit")]
    [InlineData("7fffffff", "wire_limit")]
    [InlineData("000ffffd", "wire_limit")]
    public void TryRead_BadLength_IsRefusedBeforeTheBodyComes(string hex, string code)
    {
        Assert.Equal(code, Assert.Throws<ToreException>(() =>
        {
            var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex));
            Frame.TryRead(ref buffer, Limits.ControlFrameBytes, out _, out _);
        }).Code);
    }

    [Fact]
    public void TryRead_LargestFrame_IsTaken()
    {
        byte[] frame = FrameOf(MessageType.TableEntries, Limits.ControlFrameBytes - Frame.HeaderBytes);
        Assert.Equal(Limits.ControlFrameBytes, frame.Length);
        var buffer = new ReadOnlySequence<byte>(frame);

        Assert.True(Frame.TryRead(ref buffer, Limits.ControlFrameBytes, out _, out ReadOnlySequence<byte> body));
        Assert.Equal(frame.Length - Frame.HeaderBytes, body.Length);
        Assert.True(buffer.IsEmpty);
    }

    private static byte[] FrameOf(MessageType type, int bodyBytes)
    {
        byte[] frame = new byte[Frame.HeaderBytes + bodyBytes];
        Frame.WriteHeader(frame, type, bodyBytes);
        return frame;
    }
}
