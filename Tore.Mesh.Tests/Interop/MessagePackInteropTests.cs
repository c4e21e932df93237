using System.Diagnostics;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Tests.Wire;

namespace Tore.Mesh.Tests.Interop;

/// <summary>A foreign MessagePack implementation reads what this one writes.</summary>
public sealed class MessagePackInteropTests
{
    /// <summary>Where Debian's python3-msgpack lives.</summary>
    private const string Python = "/usr/bin/python3";

    [Fact(Timeout = 60_000)]
    public async Task Python_EveryGoldenBody_AgreesWithItsListing()
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not on this machine");
        var start = new ProcessStartInfo(Python) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(SharedFiles.Repository, "Tore.Mesh.Tests", "Interop", "read_wire_goldens.py"));
        start.ArgumentList.Add(Path.Combine(SharedFiles.Repository, "schemas", "wire"));

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.SkipWhen(process.ExitCode == 3, "python3-msgpack is not installed (Debian: apt-get install python3-msgpack)");
        Assert.Equal($"{WireExamples.Bodies.Count} bodies\n", output);
        Assert.Equal("", await errors);
        Assert.Equal(0, process.ExitCode);
    }
}
