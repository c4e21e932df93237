using Spectre.Console;

namespace Tore.Mesh.Host.Cli;

/// <summary>A bar on standard error for long work, drawn only where somebody watches.</summary>
internal static class CliProgress
{
    /// <summary>Runs work that reports how much of it is done, from 0 to 1.</summary>
    public static async Task<T> RunAsync<T>(CliConsole console, string title, Func<IProgress<double>?, Task<T>> work)
    {
        if (!console.ErrorIsTerminal || console.JsonMode)
        {
            return await work(null);
        }
        return await console.Ansi(console.Error).Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: 1);
                T result = await work(new Bar(task));
                task.Value = 1;
                return result;
            });
    }

    private sealed class Bar(ProgressTask task) : IProgress<double>
    {
        void IProgress<double>.Report(double value) => task.Value = value;
    }
}
