using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>Reads <c>ADDR:PORT</c>, <c>[v6]:PORT</c> and <c>localhost:PORT</c>; link-local scopes are kept.</summary>
internal static class ListenAddress
{
    /// <summary>The endpoint that an option names, or null when it is absent; <c>invalid_request</c> for anything else.</summary>
    public static IPEndPoint? Read(string option, string? text)
    {
        if (text is null)
        {
            return null;
        }
        string address = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..]
            : text;
        // IPEndPoint reads a missing port as 0; here a port must be named.
        int colon = address.LastIndexOf(':');
        bool hasPort = colon > 0 && (address[colon - 1] == ']' || address.IndexOf(':', StringComparison.Ordinal) == colon);
        return hasPort && IPEndPoint.TryParse(address, out IPEndPoint? endpoint) ? endpoint : throw new ToreException(
            ErrorCodes.InvalidRequest, $"{option} '{text}' is not ADDRESS:PORT. Write it like 127.0.0.1:7600, [::1]:7600 or "
                + $"0.0.0.0:7600; port 0 takes any free one.");
    }
}
