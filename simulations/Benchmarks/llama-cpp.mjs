// Times llama.cpp, as the npm package node-llama-cpp carries it, on one GGUF file: prefill and decode, in tokens a second.
// Run from the folder that holds node_modules:
//   node llama-cpp.mjs MODEL THREADS PREFILL DECODE RUNS
// Prints one JSON object: the median of the runs after one warm-up. The decode figure holds a little of node's own work for each
// token, so it reads low when the threads fill the machine.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [model, threads, prefill, decode, runs] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const entry = createRequire(`${process.cwd()}/`).resolve("node-llama-cpp");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: threads });
const loaded = await llama.loadModel({ modelPath: model });
const context = await loaded.createContext({ contextSize: prefill + decode + 64, threads, batchSize: 512, sequences: 1 });
const sequence = context.getSequence();
const prompt = Array.from({ length: prefill }, (_, index) => 10 + ((index * 7) % 400));

async function measure() {
  await sequence.clearHistory();
  const started = performance.now();
  let first = 0;
  let last = 0;
  let count = 0;
  for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    last = performance.now();
    first ||= last;
    if (++count > decode) break;
  }
  return { prefill: (1000 * prefill) / (first - started), decode: (1000 * (count - 1)) / (last - first) };
}

await measure();
const measured = [];
for (let run = 0; run < runs; run++) measured.push(await measure());
const median = (key) => measured.map((one) => one[key]).sort((a, b) => a - b)[runs >> 1];
console.log(JSON.stringify({ prefill: median("prefill"), decode: median("decode") }));
process.exit(0);
