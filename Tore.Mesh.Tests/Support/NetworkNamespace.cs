using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Tore.Mesh.Tests.Support;

/// <summary>
/// A network of this test alone: on Linux a thread may leave the machine's network for an empty one, and sockets stay in the
/// network in which they were made. So a test opens its sockets in here and uses them from anywhere, and nothing it multicasts
/// gets out. Needs root; skips with the reason elsewhere.
/// </summary>
internal static partial class NetworkNamespace
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    /// <summary>Runs <paramref name="work"/> in a new network whose loopback interface is up; skips where that cannot be.</summary>
    public static T Run<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = work();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>
    /// Takes the calling thread, which must be one of the test's own, into a new network for good; skips where that cannot be.
    /// </summary>
    public static void Enter()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "network namespaces are Linux's");
        Assert.SkipUnless(Unshare(NewNetwork) == 0, $"a network namespace needs root (errno {Marshal.GetLastPInvokeError()})");
        try
        {
            // The child is started from this thread and so lives in its network.
            using Process ip = Process.Start(new ProcessStartInfo("ip", "link set lo up") { RedirectStandardError = true })!;
            ip.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("the tool 'ip' is not on this machine");
        }
    }

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    private static partial int Unshare(int flags);
}
