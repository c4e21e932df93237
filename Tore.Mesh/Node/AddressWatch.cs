using System.Net.NetworkInformation;

namespace Tore.Mesh.Node;

/// <summary>
/// Follows the addresses that a node tells others to dial, where it listens on all of the machine's: interfaces come and go. It looks
/// when the system tells of a change, and every now and then without being told.
/// </summary>
internal sealed class AddressWatch : IAsyncDisposable
{
    /// <summary>Systems miss to tell of some changes; a look costs little.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(15);

    /// <summary>Changes come in bursts.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(500);

    private readonly Func<IReadOnlyList<string>> _read;
    private readonly Action<IReadOnlyList<string>> _changed;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private IReadOnlyList<string> _current;

    /// <summary>Begins to follow.</summary>
    /// <param name="current">The addresses told so far.</param>
    /// <param name="read">Reads the present ones.</param>
    /// <param name="changed">Told of others than before; on a timer's thread.</param>
    /// <param name="time">The clock.</param>
    public AddressWatch(
        IReadOnlyList<string> current, Func<IReadOnlyList<string>> read, Action<IReadOnlyList<string>> changed, TimeProvider time)
    {
        _current = current;
        _read = read;
        _changed = changed;
        _timer = time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
        NetworkChange.NetworkAddressChanged += OnNetworkChanged;
    }

    /// <summary>Stops following.</summary>
    public ValueTask DisposeAsync()
    {
        NetworkChange.NetworkAddressChanged -= OnNetworkChanged;
        return _timer.DisposeAsync();
    }

    private void OnNetworkChanged(object? sender, EventArgs e) => _timer.Change(Settling, LookInterval);

    private void Look()
    {
        lock (_gate)
        {
            IReadOnlyList<string> now;
            try
            {
                now = _read();
            }
            catch (NetworkInformationException)
            {
                // The interfaces change just now: the next look sees them.
                return;
            }
            if (!now.SequenceEqual(_current))
            {
                _current = now;
                _changed(now);
            }
        }
    }
}
