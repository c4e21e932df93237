using Tore.Mesh.Host.Cli;

return await ToreCli.RunAsync(args, CliConsole.OfProcess());
