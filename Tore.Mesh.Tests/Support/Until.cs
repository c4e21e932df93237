namespace Tore.Mesh.Tests.Support;

/// <summary>Waits for a condition of another process, which nothing announces; says what was missing when it does not come.</summary>
internal static class Until
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until a condition holds.</summary>
    public static Task TrueAsync(Func<bool> condition, string what, int limitSeconds = 30) =>
        TrueAsync(() => Task.FromResult(condition()), what, limitSeconds);

    /// <summary>Waits until a condition holds; when it does not come, <paramref name="seen"/> tells what was there instead.</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, int limitSeconds = 30, Func<string>? seen = null)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(limitSeconds));
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"waited {limitSeconds} s in vain for {what}{seen?.Invoke().Insert(0, ": ")}");
            await Task.Delay(Pause);
        }
    }
}
