using System.Text;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary>
/// Reads an invite where the user put it: on the command line, or, so that its secret does not stand in the list of processes, in a
/// file (<c>@FILE</c>) or on standard input (<c>-</c>, one line).
/// </summary>
internal static class InviteSource
{
    /// <summary>Reads it; <c>invite_malformed</c> or <c>file_not_readable</c>.</summary>
    public static Invite Read(string option, string given, Stream input)
    {
        if (given == "-")
        {
            return Invite.Parse(ReadLine(input));
        }
        return Invite.Parse(given.StartsWith('@') ? ReadFile(option, given[1..]) : given);
    }

    private static string ReadFile(string option, string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] bytes = new byte[Limits.InviteCharacters + 1];
            // What is longer than any invite is none, and is told so by its length.
            return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ToreException(ErrorCodes.FileNotReadable, $"{option} '@{path}' cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Up to the line's end and not a byte further: what follows may be a parent's pipe.</summary>
    private static string ReadLine(Stream input)
    {
        var line = new StringBuilder();
        int value;
        while ((value = input.ReadByte()) is not -1 and not '\n' && line.Length <= Limits.InviteCharacters)
        {
            line.Append((char)value);
        }
        return line.ToString();
    }
}
