using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData("läuft – 1.2.3 ✓ 漢字", "läuft – 1.2.3 ✓ 漢字")]
    [InlineData("\u001b[2J\u001b]0;owned\u0007", "\ufffd[2J\ufffd]0;owned\ufffd")]
    [InlineData("busy\r\n2026-11-22 ERROR made up", "busy\ufffd\ufffd2026-11-22 ERROR made up")]
    [InlineData("\u009b31m \u007f \0", "\ufffd31m \ufffd \ufffd")]
    [InlineData("\u202egnp.exe \u2066x\u2069 a\u2028b", "\ufffdgnp.exe \ufffdx\ufffd a\ufffdb")]
    public void Goodbye_TextOfAPeersChoosing_CannotSteerTerminalsOrLogs(string said, string read)
    {
        var body = new ArrayBufferWriter<byte>();
        WireMessage.Write(new Goodbye("busy", said), body);

        Assert.Equal(read, WireMessage.Read<Goodbye>(new ReadOnlySequence<byte>(body.WrittenMemory)).Text);
    }
}
