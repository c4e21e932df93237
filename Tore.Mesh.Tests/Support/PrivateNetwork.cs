using System.Collections.Concurrent;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Tore.Mesh.Tests.Support;

/// <summary>
/// A network of one test's own that lives as long as the test: a thread stays in a <see cref="NetworkNamespace"/>, and what is started
/// there lives there: processes and sockets. Skips where the machine does not allow it.
/// </summary>
internal sealed partial class PrivateNetwork : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    private PrivateNetwork(Thread thread) => _thread = thread;

    /// <summary>Makes one, with its loopback interface up.</summary>
    public static PrivateNetwork Create()
    {
        PrivateNetwork? network = null;
        ExceptionDispatchInfo? refusal = null;
        using var ready = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            try
            {
                NetworkNamespace.Enter();
            }
            catch (Exception e)
            {
                // A skip is an exception too.
                refusal = ExceptionDispatchInfo.Capture(e);
                ready.Set();
                return;
            }
            ready.Set();
            SpinWait.SpinUntil(() => network is not null);
            foreach (Action action in network!._work.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true };
        thread.Start();
        ready.Wait();
        refusal?.Throw();
        return network = new PrivateNetwork(thread);
    }

    /// <summary>Runs something within the network, and gives what came of it.</summary>
    public T Run<T>(Func<T> work)
    {
        var result = new TaskCompletionSource<T>();
        _work.Add(() =>
        {
            try
            {
                result.SetResult(work());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        });
        return result.Task.GetAwaiter().GetResult();
    }

    /// <summary>An HTTP client whose connections are made within the network.</summary>
    public SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = async (context, cancellation) =>
        {
            Socket socket = Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            try
            {
                var address = IPAddress.Parse(context.DnsEndPoint.Host);
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }
}
