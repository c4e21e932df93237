using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Tore.Mesh.Host.Hosting;

/// <summary>A node's log on standard error: text or JSON, one line an entry. Never prompts, outputs or secrets.</summary>
internal static class NodeLogging
{
    /// <summary>The words of <c>--log-level</c>.</summary>
    public static readonly string[] Levels = ["trace", "debug", "info", "warn", "error", "none"];

    /// <summary>Makes the log.</summary>
    /// <param name="level">One of <see cref="Levels"/>.</param>
    /// <param name="json">Write JSON.</param>
    public static ILoggerFactory Create(string level, bool json) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(LevelOf(level));
        // The web server's own diary is of no use to an operator below a warning.
        builder.AddFilter("Microsoft", level is "trace" or "debug" ? LogLevel.Debug : LogLevel.Warning);
        if (json)
        {
            builder.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            builder.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
                console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
            });
        }
        // Standard output belongs to the ready line.
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });

    private static LogLevel LevelOf(string level) => level switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "none" => LogLevel.None,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "not a log level"),
    };
}
