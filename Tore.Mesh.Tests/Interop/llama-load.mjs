// Loads GGUF files in llama.cpp (as the npm package node-llama-cpp carries it) and lets it go on greedily from a text.
// Usage, from a folder whose node_modules has node-llama-cpp: node llama-load.mjs TEXT COUNT MODEL...
// Prints one JSON object a model: {file, train_context, prompt, ids, probabilities}; the last are those of the chosen tokens.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const entry = createRequire(`${process.cwd()}/`).resolve("node-llama-cpp");
const { getLlama, LlamaLogLevel } = await import(pathToFileURL(entry).href);
const [text, count, ...files] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1 });
for (const file of files) {
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({ contextSize: 256, threads: 1, sequences: 1 });
  const prompt = [model.tokens.bos, ...model.tokenize(text)];
  const ids = [], probabilities = [];
  const steps = context.getSequence().evaluateWithMetadata(prompt, { confidence: true }, { temperature: 0, yieldEogToken: true });
  for await (const { token, confidence } of steps) {
    ids.push(token);
    probabilities.push(confidence);
    if (ids.length === Number(count)) break;
  }
  console.log(JSON.stringify({ file, train_context: model.trainContextSize, prompt, ids, probabilities }));
  await context.dispose();
  await model.dispose();
}
process.exit(0);
