using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport;

/// <summary>Closes links side by side: one alone would wait out its linger time for a peer whose loop no test runs.</summary>
internal sealed class LinkEnds(params IEnumerable<Link?> links) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(links.Where(link => link is not null).Select(link => link!.DisposeAsync().AsTask()));
}
