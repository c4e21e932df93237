using System.CommandLine;
using Tore.Mesh.Benchmarks;
using Tore.Mesh.Benchmarks.Fuzz;

Option<bool> json = new("--json") { Description = "Print one JSON object.", Recursive = true };
Option<string?> models = new("--models")
{
    Description = "Folder for the synthetic models (default: a scratch folder, kept).",
    Recursive = true,
};
Option<int> runs = new("--runs") { Description = "Runs of each measurement; the median counts.", DefaultValueFactory = _ => 5 };
Option<string[]> types = new("--types")
{
    Description = "Quantizations.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => ["Q4_0", "Q8_0"],
};
Option<int[]> threads = new("--threads")
{
    Description = "Thread counts.",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [1, 2],
};

RootCommand root = new("Measures tore. Every suite exits with 1 when a figure misses its target, and says by how much.") { json, models };

Argument<string> filter = new("FILTER") { Description = "Only type/set names that contain this.", DefaultValueFactory = _ => "" };
Command kernels = new("kernels", "Matrix products by type and instruction set.") { filter };
kernels.SetAction(parsed => KernelBenchmarks.Run(parsed.GetValue(filter)!, Console.Out));

Argument<string> model = new("MODEL") { Description = "A GGUF file with a tokenizer." };
Command text = new("text", "Tokenizer and chat template of a model file.") { model };
text.SetAction(parsed => TextBenchmark.Run(parsed.GetValue(model)!, parsed.GetValue(json)));

Command codec = new("codec", "Wire messages of the token path.");
codec.SetAction(parsed => CodecBenchmark.Run(parsed.GetValue(json)));

Command link = new("link", "An activation link on loopback: throughput, a step's round trip.");
link.SetAction((parsed, _) => LinkBenchmark.RunAsync(parsed.GetValue(json)));

Option<string> llamaFolder = new("--llama") { Description = "Folder that holds node_modules/node-llama-cpp.", Required = true };
Command llama = new("llama", "Prefill, decode and memory of a 1.1 B model, beside llama.cpp in the same run.")
{
    llamaFolder, types, threads, runs,
};
llama.SetAction(parsed => EngineBenchmark.Llama(
    parsed.GetValue(llamaFolder)!, parsed.GetValue(types)!, parsed.GetValue(threads)!, parsed.GetValue(runs), parsed.GetValue(models),
    parsed.GetValue(json)));

Command sets = new("sets", "Prefill and decode of a 1.1 B model with instruction sets left out.") { types, threads };
sets.SetAction(parsed => EngineBenchmark.Sets(
    parsed.GetValue(types)!, parsed.GetValue(threads)!, parsed.GetValue(models), parsed.GetValue(json)));

Command ring = new("ring", "Two one-thread stages over TLS on loopback, against one one-thread node.") { types, runs };
ring.SetAction((parsed, _) => RingBenchmark.RunAsync(
    parsed.GetValue(types)!, parsed.GetValue(runs), parsed.GetValue(models), parsed.GetValue(json)));

Command smoke = new("smoke", "One short run of a small model, its memory within the budget: the form that CI runs.");
smoke.SetAction(parsed => EngineBenchmark.Smoke(parsed.GetValue(models), parsed.GetValue(json)));

Option<long> inputs = new("--inputs") { Description = "Inputs to feed.", DefaultValueFactory = _ => 1_000_000 };
Option<int> seed = new("--seed") { Description = "The same seed makes the same inputs.", DefaultValueFactory = _ => 1 };
Command fuzz = new("fuzz", "Made-up frames, handshakes, mDNS packets and records: no crash, no hang, bounded allocation.") { inputs, seed };
fuzz.SetAction(parsed => FuzzRun.Run(parsed.GetValue(inputs), parsed.GetValue(seed), parsed.GetValue(json)));

foreach (Command suite in new[] { kernels, text, codec, link, llama, sets, ring, smoke, fuzz })
{
    root.Subcommands.Add(suite);
}
return await root.Parse(args).InvokeAsync();
