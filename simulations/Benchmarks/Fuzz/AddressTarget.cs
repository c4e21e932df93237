using System.Text;
using Tore.Mesh.Membership;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>Addresses, as members and people give them: what is taken can be printed, and holds no control character.</summary>
internal sealed class AddressTarget : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => "addresses";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Corpus { get; } =
    [
        .. new[]
        {
            "192.0.2.1:7600", "[2001:db8::1]:7600", "[fe80::1%eth0]:65535", "[::ffff:192.0.2.1]:1", "node.example:80", "localhost:9",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    /// <inheritdoc/>
    public override bool Feed(byte[] input)
    {
        if (!PeerAddress.TryParse(Encoding.UTF8.GetString(input), out PeerAddress address))
        {
            return false;
        }
        string text = address.ToString();
        if (text.Any(char.IsControl) || text.Any(char.IsWhiteSpace))
        {
            throw new InvalidOperationException("an address holds a control character");
        }
        return PeerAddress.TryParse(text, out PeerAddress again) && again == address
            ? true
            : throw new InvalidOperationException($"written and read again, {text} is another address");
    }
}
