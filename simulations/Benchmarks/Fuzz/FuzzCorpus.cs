using System.Reflection;
using System.Text.Json;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>Every reader, with the well-formed inputs to start from: the golden frames of <c>schemas/wire</c> and mDNS packets.</summary>
internal sealed class FuzzCorpus : IDisposable
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "corpus");

    public FuzzCorpus()
    {
        Dictionary<string, List<byte[]>> frames = ReadFrames();
        List<FuzzTarget> targets =
        [
            new FrameTarget([.. frames.Values.SelectMany(f => f)]),
            new LinkTarget(LinkKind.Control, [.. frames.Values.SelectMany(f => f)]),
            new LinkTarget(LinkKind.Activation, [.. frames.Values.SelectMany(f => f)]),
            new HandshakeTarget(LinkRole.Dialler),
            new HandshakeTarget(LinkRole.Acceptor),
            new DnsPacketTarget(),
            new MdnsCoreTarget(),
            new MeshCoreTarget(frames),
            new RecordTarget(),
            new InviteTarget(),
            new AddressTarget(),
        ];
        foreach (Type message in Messages)
        {
            byte[][] bodies = [.. frames.GetValueOrDefault(message.Name, []).Select(f => f[Frame.HeaderBytes..])];
            Type target = typeof(MessageTarget<>).MakeGenericType(message);
            targets.Add((FuzzTarget)Activator.CreateInstance(target, [bodies.Length > 0 ? bodies : (byte[][])[[0x90]]])!);
        }
        Targets = targets;
    }

    /// <summary>The types of all messages.</summary>
    public static IReadOnlyList<Type> Messages { get; } =
        [.. typeof(IMessage<>).Assembly.GetTypes().Where(IsMessage).OrderBy(t => t.Name, StringComparer.Ordinal)];

    /// <summary>All of them.</summary>
    public IReadOnlyList<FuzzTarget> Targets { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable target in Targets.OfType<IDisposable>())
        {
            target.Dispose();
        }
    }

    private static bool IsMessage(Type type) => type.IsValueType
        && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IMessage<>));

    private static Dictionary<string, List<byte[]>> ReadFrames()
    {
        Dictionary<string, List<byte[]>> frames = [];
        foreach (string file in Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.TryGetProperty("message", out JsonElement name)
                && document.RootElement.TryGetProperty("examples", out JsonElement examples))
            {
                frames[name.GetString()!] = [.. examples.EnumerateArray()
                    .Where(e => e.TryGetProperty("frame", out _))
                    .Select(e => Convert.FromHexString(e.GetProperty("frame").GetString()!))];
            }
        }
        return frames;
    }
}
