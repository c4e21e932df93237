using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tore.Mesh.Host.Doctor;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore invite</c>: the one string, and its QR code, that lets another machine into a private mesh.</summary>
internal static class InviteCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string?> name = CliOptions.Optional(
            "NAME", "The mesh; default the one of the running node, or the only one there is. With no mesh yet, one of this name is made.");
        Option<string[]> address = CliOptions.Texts(
            "--address", "Where a member can be reached; may be given again. Default: the running node's addresses.", "HOST:PORT");
        Option<string?> expires = CliOptions.Text(
            "--expires", "Until when it is taken: a day (2026-12-31) or a length of time (90m, 24h, 7d, 2w). 'tore mesh rotate' is what "
                + "shuts out.", "DATE|TIME");
        Option<bool> qr = CliOptions.Flag("--qr", "Show the QR code also where standard output is no terminal.");
        Option<bool> noQr = CliOptions.Flag("--no-qr", "Leave the QR code out.");
        Option<string?> data = CliOptions.Data();
        var command = new ToreCommand(
            "invite", "Print an invite to a private mesh: one string, and its QR code. It holds the secret: give it to members only.",
            "tore invite lab", "tore invite lab --expires 24h --address lab.example:7601", "tore invite --no-qr > invite.txt")
        {
            name, address, expires, qr, noQr, data,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(qr) && result.GetValue(noQr))
            {
                result.AddError("Give one of --qr and --no-qr.");
            }
        });
        command.Run(console, (parsed, _) =>
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            DateTimeOffset? until = parsed.GetValue(expires) is string date ? InviteDate.Read("--expires", date, now) : null;
            PeerAddress[] given = [.. (parsed.GetValue(address) ?? []).Select(ReadAddress)];
            string folder = DataFolder.Prepare(parsed.GetValue(data));
            NodeAddresses? running = RunningNode.Find(folder);
            (StoredMesh mesh, bool isNew) = Choose(new MeshStore(folder), parsed.GetValue(name), running, now);
            var reach = InviteReach.Of(given, running, mesh.Mesh, OwnInterface.All());
            var invite = new Invite(mesh.Mesh, reach.Addresses, until);
            bool withCode = !parsed.GetValue(noQr) && (parsed.GetValue(qr) || console.OutputIsTerminal);
            Write(console, invite, reach, isNew, withCode);
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    /// <summary>Which mesh is meant. Only a folder without any gets a new one: a mistyped name must not make a mesh of its own.</summary>
    private static (StoredMesh Mesh, bool IsNew) Choose(MeshStore store, string? name, NodeAddresses? running, DateTimeOffset now)
    {
        IReadOnlyList<StoredMesh> known = store.List();
        if (name is not null)
        {
            return known.Count == 0 ? (store.Create(name, now), true) : (store.Get(name), false);
        }
        StoredMesh? chosen = known.FirstOrDefault(m => m.Mesh.Id.ToString() == running?.MeshId) ?? (known.Count == 1 ? known[0] : null);
        return chosen is not null ? (chosen, false) : throw new ToreException(ErrorCodes.MeshNotFound, known.Count == 0
            ? "There is no private mesh here yet. 'tore invite NAME' makes one and prints its first invite."
            : $"Say to which mesh: tore invite NAME, one of {string.Join(", ", known.Select(m => m.Mesh.Name))}.");
    }

    private static PeerAddress ReadAddress(string text) => PeerAddress.TryParse(text, out PeerAddress address)
        ? address
        : throw new ToreException(ErrorCodes.InvalidRequest, $"--address '{text}' is not host:port or [v6]:port.");

    private static void Write(CliConsole console, Invite invite, InviteReach reach, bool isNew, bool withCode)
    {
        string text = invite.ToText();
        string? expires = invite.Expires?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        if (console.JsonMode)
        {
            console.WriteJson(new JsonObject
            {
                ["invite"] = text,
                ["mesh"] = invite.Mesh.Name,
                ["mesh_id"] = invite.Mesh.Id.ToString(),
                ["addresses"] = CliJson.Array(invite.Addresses.Select(a => a.ToString())),
                ["expires"] = expires,
                ["made_mesh"] = isNew,
                ["note"] = reach.Note,
            });
            return;
        }
        console.Out.WriteLine(text);
        if (withCode)
        {
            console.Out.Write("\n" + QrText.Render(text, console.OutputIsTerminal));
        }
        console.Out.Flush();
        if (isNew)
        {
            console.Error.WriteLine($"The mesh '{invite.Mesh.Name}' ({invite.Mesh.Id}) was made. Run a node of it: "
                + $"tore up --mesh {invite.Mesh.Name} --listen 0.0.0.0:{MeshNodeOptions.DefaultPort}");
        }
        console.Error.WriteLine($"An invite to '{invite.Mesh.Name}' ({invite.Mesh.Id}) by way of "
            + $"{string.Join(' ', invite.Addresses)}{(expires is null ? "" : $", until {expires}")}.");
        console.Error.WriteLine("It holds the secret: give it to members only. On the other machine: tore up --join INVITE --listen "
            + $"0.0.0.0:{MeshNodeOptions.DefaultPort}");
        if (reach.Note is not null)
        {
            console.Error.WriteLine(reach.Note);
        }
    }
}
