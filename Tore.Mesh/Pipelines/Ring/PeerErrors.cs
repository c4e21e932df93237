using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>Another node's words as an error here: its code must look like one, for it goes on to clients and logs.</summary>
internal static class PeerErrors
{
    private const int CodeCharacters = 64;

    /// <summary>The error that a peer reports.</summary>
    public static ToreException From(string code, string text)
    {
        bool isCode = code.Length is > 0 and <= CodeCharacters && code.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_');
        return new ToreException(isCode ? code : ErrorCodes.Internal, text);
    }
}
