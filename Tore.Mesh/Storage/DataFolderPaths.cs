namespace Tore.Mesh.Storage;

/// <summary>Where the data folder is when nobody says otherwise: per user, by platform.</summary>
public static class DataFolderPaths
{
    /// <summary>
    /// <c>%LOCALAPPDATA%\tore</c>, <c>~/Library/Application Support/tore</c>, or <c>XDG_DATA_HOME/tore</c> and else
    /// <c>~/.local/share/tore</c>.
    /// </summary>
    public static string Default => For(
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "unix",
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>The same from given facts, for tests of every platform on one.</summary>
    internal static string For(string platform, Func<string, string?> environment, string home)
    {
        string? xdg = environment("XDG_DATA_HOME");
        string? local = environment("LOCALAPPDATA");
        string parent = platform switch
        {
            "windows" => string.IsNullOrEmpty(local) ? Path.Combine(home, "AppData", "Local") : local,
            "macos" => Path.Combine(home, "Library", "Application Support"),
            // The XDG base directory specification: a relative path is to be ignored.
            _ => !string.IsNullOrEmpty(xdg) && xdg.StartsWith('/') ? xdg : Path.Combine(home, ".local", "share"),
        };
        return Path.Combine(parent, "tore");
    }
}
