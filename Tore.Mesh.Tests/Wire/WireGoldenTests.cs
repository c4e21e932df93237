using System.Buffers;
using System.Text.Json;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

/// <summary>
/// The bytes in <c>schemas/wire</c> are what goes over the wire. They were made with another MessagePack implementation
/// (python3-msgpack), which still reads them (Interop).
/// </summary>
public sealed class WireGoldenTests
{
    private static readonly string Folder = Path.Combine(SharedFiles.Repository, "schemas", "wire");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.json")
        .Select(path => Path.GetFileName(path)).Where(name => name != "hello.json").Order(StringComparer.Ordinal)];

    [Fact]
    public void Files_EveryMessageType_HasOne()
    {
        IEnumerable<string> listed = Files.Select(row => Load(row.Data).RootElement.GetProperty("message").GetString()!);

        Assert.Equal(Enum.GetNames<MessageType>().Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Table_EveryMessageType_IsListedWithItsNumber()
    {
        string table = File.ReadAllText(Path.Combine(SharedFiles.Repository, "schemas", "wire.md"));

        Assert.All(Enum.GetValues<MessageType>(), type => Assert.Contains($"| {(int)type} | `{type}` |", table, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Frame_EveryExample_IsTheseBytes(string file)
    {
        using JsonDocument golden = Load(file);
        string message = golden.RootElement.GetProperty("message").GetString()!;
        MessageType type = Enum.Parse<MessageType>(message);
        Assert.Equal((int)type, golden.RootElement.GetProperty("number").GetInt32());
        Assert.Equal(
            golden.RootElement.GetProperty("links").EnumerateArray()
                .Select(link => Enum.Parse<LinkKind>(link.GetString()!, ignoreCase: true)),
            Enum.GetValues<LinkKind>().Where(kind => (MessageTypes.LinksOf(type) & kind) != 0));

        foreach (JsonElement example in golden.RootElement.GetProperty("examples").EnumerateArray())
        {
            byte[] body = [.. example.GetProperty("fields").EnumerateArray().SelectMany(field => Hex(field.GetProperty("hex")))];
            byte[] tensor = example.TryGetProperty("tensor", out JsonElement rows) ? Hex(rows.GetProperty("hex")) : [];
            byte[] frame = Hex(example.GetProperty("frame"));

            // 1. The value, written, is the listed bytes.
            byte[] written = WireExamples.Bodies[$"{message}/{example.GetProperty("name")}"];
            Assert.Equal(Convert.ToHexStringLower(body), Convert.ToHexStringLower(written));
            // 2. The frame around them is the listed frame, and claims its real length.
            byte[] header = new byte[Frame.HeaderBytes];
            Frame.WriteHeader(header, type, body.Length + tensor.Length);
            Assert.Equal(Convert.ToHexStringLower(frame), Convert.ToHexStringLower([.. header, .. body, .. tensor]));
            // 3. The frame, read, is the value.
            var buffer = new ReadOnlySequence<byte>(frame);
            Assert.True(Frame.TryRead(ref buffer, Limits.ActivationFrameBytes, out MessageType read, out ReadOnlySequence<byte> whole));
            Assert.True(buffer.IsEmpty);
            Assert.Equal(type, read);
            Assert.Equal(body, WireCases.All[type].ReadAndWrite(whole.ToArray(), out byte[] rest));
            Assert.Equal(tensor, rest);
        }
    }

    [Fact]
    public void Examples_EveryOne_IsInAFile()
    {
        IEnumerable<string> listed = Files.Select(row => Load(row.Data).RootElement).SelectMany(root =>
            root.GetProperty("examples").EnumerateArray()
                .Select(example => $"{root.GetProperty("message")}/{example.GetProperty("name")}"));

        Assert.Equal(WireExamples.Bodies.Keys.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static JsonDocument Load(string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, file)));

    private static byte[] Hex(JsonElement element) => Convert.FromHexString(element.GetString()!);
}
