using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Security.Authentication;
using System.Threading.Channels;
using Tore.Mesh.Identity;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks;

/// <summary>
/// One activation link on loopback, both ends in this process: how fast large tensors go one way, and how long one decode step's
/// activations take there and a token back.
/// </summary>
internal static class LinkBenchmark
{
    private const int Width = 2048;
    private const int PrefillRows = 512;
    private const int PrefillFrames = 256;
    private const int Steps = 5_000;
    private const int Rounds = 5;

    /// <summary>Figures of the TLS link, and of plain TCP for comparison.</summary>
    public static async Task<int> RunAsync(bool json)
    {
        Report report = new("link", json);
        using NodeKey ann = NodeKey.Create();
        using NodeKey bob = NodeKey.Create();
        using NodeCertificate annCertificate = NodeCertificate.Create(ann);
        using NodeCertificate bobCertificate = NodeCertificate.Create(bob);
        TransportOptions options = new();
        await MeasureAsync(report, "TLS", ann, bob,
            new TlsTransport(annCertificate, SslProtocols.Tls12, options), new TlsTransport(bobCertificate, SslProtocols.Tls12, options));
        await MeasureAsync(report, "TCP", ann, bob, new TcpTransport(options), new TcpTransport(options));
        return report.Finish();
    }

    private static async Task MeasureAsync(Report report, string name, NodeKey ann, NodeKey bob, ITransport dialler, ITransport acceptor)
    {
        LinkOptions annOptions = new() { Identity = ann.Identity, Mesh = MeshSecret.Local, AssumedPeer = bob.Identity };
        LinkOptions bobOptions = new() { Identity = bob.Identity, Mesh = MeshSecret.Local, AssumedPeer = ann.Identity };
        await using LinkListener listener = LinkListener.Start(acceptor, new IPEndPoint(IPAddress.Loopback, 0), bobOptions);
        long start = Stopwatch.GetTimestamp();
        Link here = await Link.DialAsync(dialler, listener.EndPoint, LinkKind.Activation, annOptions, bob.Id, CancellationToken.None);
        Link there = (await listener.AcceptAsync(CancellationToken.None))!;
        report.Add(new Figure($"{name}: first link stands, ms", Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        Counter hereFrames = new(echo: false);
        Counter thereFrames = new(echo: true);
        Task running = Task.WhenAll(here.RunAsync(hereFrames, CancellationToken.None), there.RunAsync(thereFrames, CancellationToken.None));

        double throughput = 0;
        double roundTrip = double.MaxValue;
        long allocated = 0;
        for (int round = 0; round <= Rounds; round++)
        {
            throughput = Math.Max(throughput, await ThroughputAsync(here, thereFrames));
            long before = GC.GetTotalAllocatedBytes();
            double seconds = await RoundTripAsync(here, hereFrames);
            allocated = (GC.GetTotalAllocatedBytes() - before) / Steps;
            roundTrip = Math.Min(roundTrip, seconds);
        }
        report.Add(new Figure($"{name}: tensors of 4 MiB, MB/s", throughput / 1e6));
        report.Add(new Figure($"{name}: {Width * 4 / 1024} KiB there and a token back, us", roundTrip * 1e6));
        report.Add(new Figure($"{name}: bytes allocated a round trip, both ends", allocated));
        await Task.WhenAll(here.DisposeAsync().AsTask(), there.DisposeAsync().AsTask());
        await running;
    }

    private static async Task<double> ThroughputAsync(Link here, Counter there)
    {
        float[] rows = new float[PrefillRows * Width];
        Activations header = new(Guid.Empty, 1, 0, PrefillRows, Width, ActivationFlags.None, default);
        long start = Stopwatch.GetTimestamp();
        int taken = 0;
        for (int sent = 0; sent < PrefillFrames;)
        {
            if (here.TrySend(header, rows) == SendResult.Sent)
            {
                sent++;
            }
            else
            {
                await there.Frames.ReadAsync();
                taken++;
            }
        }
        for (; taken < PrefillFrames; taken++)
        {
            await there.Frames.ReadAsync();
        }
        return (double)PrefillFrames * rows.Length * sizeof(float) / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> RoundTripAsync(Link here, Counter hereFrames)
    {
        float[] row = new float[Width];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Steps; i++)
        {
            here.TrySend(new Activations(Guid.Empty, 1, i, 1, Width, ActivationFlags.Sample, default), row);
            await hereFrames.Frames.ReadAsync();
        }
        return Stopwatch.GetElapsedTime(start).TotalSeconds / Steps;
    }

    /// <summary>Reads every frame as a stage would; answers a step's activations with a token.</summary>
    private sealed class Counter(bool echo) : IFrameHandler
    {
        private readonly Channel<int> _frames = Channel.CreateUnbounded<int>();
        private readonly float[] _rows = new float[PrefillRows * Width];

        public ChannelReader<int> Frames => _frames.Reader;

        public ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
        {
            if (type == MessageType.Activations)
            {
                Activations message = WireMessage.ReadWithTensor<Activations>(body, out ReadOnlySequence<byte> tensor);
                tensor.CopyTo(System.Runtime.InteropServices.MemoryMarshal.AsBytes(_rows.AsSpan()));
                if (echo && message.Flags == ActivationFlags.Sample)
                {
                    link.TrySend(new Token { Route = 1, Position = message.Position, Id = 5 });
                    return ValueTask.CompletedTask;
                }
            }
            _frames.Writer.TryWrite(1);
            return ValueTask.CompletedTask;
        }
    }
}
