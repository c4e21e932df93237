using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Storage;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Storage;

public sealed class IncarnationStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLogger _log = new();

    private string File => _folder.PathOf("incarnation");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_Nothing_IsZero_AndReservesBeforeAnythingIsUsed()
    {
        IncarnationStore store = IncarnationStore.Open(File, _log);
        Assert.Equal(0ul, store.Stored);
        Assert.Equal(IncarnationStore.Format(IncarnationStore.Ahead), System.IO.File.ReadAllText(File));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void TryUse_ThenCrash_TheNextStartIsAboveEveryIncarnationThatWasTold()
    {
        IncarnationStore crashed = IncarnationStore.Open(File, _log);
        Assert.True(crashed.TryUse(1));
        Assert.True(crashed.TryUse(7));
        Assert.InRange(IncarnationStore.Open(File, _log).Stored, 7ul, 7 + IncarnationStore.Ahead);
    }

    [Fact]
    public void Dispose_CleanEnd_KeepsTheLastOneUsed()
    {
        using (IncarnationStore store = IncarnationStore.Open(File, _log))
        {
            Assert.True(store.TryUse(3));
        }
        IncarnationStore next = IncarnationStore.Open(File, _log);
        Assert.Equal(3ul, next.Stored);
        next.Dispose();
        Assert.False(next.TryUse(4));
        Assert.Equal(3ul, IncarnationStore.Open(File, _log).Stored);
    }

    [Fact]
    public void TryUse_FarBeyondWhatIsReserved_IsOnTheDiskWhenItReturns()
    {
        // An old backup met a record of its own that is far ahead.
        IncarnationStore store = IncarnationStore.Open(File, _log);
        Assert.True(store.TryUse(1_000_000));
        Assert.True(IncarnationStore.Open(File, _log).Stored >= 1_000_000);
        Assert.True(store.TryUse(ulong.MaxValue));
        Assert.Equal(ulong.MaxValue, IncarnationStore.Open(File, _log).Stored);
    }

    [Fact]
    public void RunsOut_AfterHalfOfWhatWasReserved_UntilMoreIs()
    {
        IncarnationStore store = IncarnationStore.Open(File, _log);
        Assert.False(store.RunsOut);
        Assert.True(store.TryUse((IncarnationStore.Ahead / 2) + 1));
        Assert.True(store.RunsOut);
        store.Reserve();
        Assert.False(store.RunsOut);
        Assert.Equal(IncarnationStore.Ahead + (IncarnationStore.Ahead / 2) + 1, IncarnationStore.Open(File, _log).Stored);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("12 ")]
    [InlineData("garbage")]
    [InlineData("-5 0011223344556677\n")]
    [InlineData("99999999999999999999999 0011223344556677\n")]
    public void Open_DamagedFile_CountsAsLost_IsLogged_AndIsReplaced(string text)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Equal(0ul, IncarnationStore.Open(File, _log).Stored);
        Assert.Contains("damaged", Assert.Single(_log.Lines), StringComparison.Ordinal);
        Assert.Equal(IncarnationStore.Ahead, IncarnationStore.Open(File, _log).Stored);
    }

    [Fact]
    public void Open_EveryTornOrAlteredForm_IsNeverTakenForAnotherNumber()
    {
        string whole = IncarnationStore.Format(123_456);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Equal(0ul, Reading(whole[..length]));
        }
        for (int at = 0; at < whole.Length; at++)
        {
            char[] altered = whole.ToCharArray();
            altered[at] = altered[at] == '1' ? '2' : '1';
            Assert.Equal(0ul, Reading(new string(altered)));
        }
        Assert.Equal(0ul, Reading(whole + whole));
        Assert.Equal(123_456ul, Reading(whole));
    }

    [Fact]
    public void Open_ATornNextFile_DoesNotMatter()
    {
        System.IO.File.WriteAllText(File, IncarnationStore.Format(9));
        System.IO.File.WriteAllText(File + ".next", "10 00");
        Assert.Equal(9ul, IncarnationStore.Open(File, _log).Stored);
    }

    [Fact]
    public void TryUse_FolderGone_SaysNo_AndLogsIt()
    {
        IncarnationStore store = IncarnationStore.Open(_folder.PathOf("gone/incarnation"), _log);
        Assert.False(store.TryUse(1));
        Assert.All(_log.Lines, line => Assert.StartsWith("Error", line, StringComparison.Ordinal));
        Assert.NotEmpty(_log.Lines);
    }

    private ulong Reading(string text)
    {
        System.IO.File.WriteAllText(File, text);
        return IncarnationStore.Open(File, NullLogger.Instance).Stored;
    }
}
