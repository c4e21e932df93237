using System.Buffers;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Benchmarks;

/// <summary>Writes and reads one token message and one activation header, as the ring does for every token.</summary>
internal static class CodecBenchmark
{
    /// <summary>Messages a second, and bytes allocated for each.</summary>
    public static int Run(bool json)
    {
        Report report = new("codec", json);
        ArrayBufferWriter<byte> buffer = new(4096);
        Guid sequence = Guid.Parse("6f7a3b0e-6d2c-4c55-9f0e-2f4f5f6a7b8c");
        Add(report, "token", buffer, new Token { Sequence = sequence, Route = 7, Position = 1234, Id = 31_999 });
        Add(report, "activations header", buffer,
            new Activations { Sequence = sequence, Route = 7, Position = 1234, Count = 1, Width = 2048 });
        return report.Finish();
    }

    private static void Add<TMessage>(Report report, string name, ArrayBufferWriter<byte> buffer, TMessage message)
        where TMessage : struct, IMessage<TMessage>
    {
        const int batch = 1_000;
        void Write()
        {
            for (int i = 0; i < batch; i++)
            {
                buffer.ResetWrittenCount();
                WireMessage.Write(message, buffer);
            }
        }

        void Read()
        {
            ReadOnlySpan<byte> body = buffer.WrittenSpan;
            for (int i = 0; i < batch; i++)
            {
                MessagePackReader reader = new(body);
                if (!TMessage.TryRead(ref reader, out _))
                {
                    throw new InvalidOperationException($"{name} does not read back");
                }
            }
        }

        report.Add(new Figure($"{name}: written, million/s", batch / 1e6 / Timing.SecondsOf(Write)));
        report.Add(new Figure($"{name}: read, million/s", batch / 1e6 / Timing.SecondsOf(Read)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Write();
        Read();
        report.Add(new Figure($"{name}: bytes allocated", (GC.GetAllocatedBytesForCurrentThread() - before) / batch, 0, AtMost: true));
    }
}
