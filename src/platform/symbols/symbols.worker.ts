// Worker thread: parses source code from outside. Whoever started it ends it when it takes too long; its memory outside
// of JavaScript's heap is bounded here.
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { zstdDecompressSync } from 'node:zlib';
import { Language, Parser } from 'web-tree-sitter';
import { RULES } from './definition-rules.ts';
import { definitionsIn } from './definitions.ts';
import { SCANNED } from './grammars.ts';
import { scanSwift } from './scanner.ts';
import type { CodeSymbol, ParseAnswer, ParseRequest } from './symbols.types.ts';

const PAGE = 64 * 1024;
const FIRST_MEMORY = 32 * 1024 * 1024;
const MOST_MEMORY = 160 * 1024 * 1024;

/**
 * Grammars are compiled as they come and never optimized: V8's optimizing compiler takes a gigabyte for the lexers of some,
 * and with Swift's runs out of memory, which ends the process. These flags hold for the whole process, for WebAssembly
 * only; all three are needed when they are set this late.
 */
for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'])
  setFlagsFromString(flag);

const languages = new Map<string, Language>();
let parser: Parser | undefined;

async function parse({ text, grammar, wasm }: ParseRequest): Promise<CodeSymbol[] | undefined> {
  if (grammar === SCANNED) return scanSwift(text);
  const rules = RULES[grammar];
  const language = await languageOf(grammar, wasm);
  if (!rules || !language) return undefined;
  parser ??= new Parser();
  parser.setLanguage(language);
  const tree = parser.parse(text);
  if (!tree) return undefined;
  try {
    return definitionsIn(tree, rules);
  } finally {
    tree.delete();
  }
}

async function languageOf(grammar: string, wasm: Uint8Array | undefined): Promise<Language | undefined> {
  const known = languages.get(grammar);
  if (known || !wasm) return known;
  const language = await Language.load(decompressed(wasm));
  languages.set(grammar, language);
  return language;
}

/** In the executable grammars are kept compressed; in a checkout they are as their package has them. */
function decompressed(bytes: Uint8Array): Uint8Array {
  const isWasm = bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
  return isWasm ? bytes : zstdDecompressSync(bytes);
}

const port = parentPort;
if (!port) throw new Error('symbols.worker runs as a worker thread only');
const { wasm } = workerData as { wasm: Uint8Array };
const wasmMemory = new WebAssembly.Memory({ initial: FIRST_MEMORY / PAGE, maximum: MOST_MEMORY / PAGE });
// The bundle is CommonJS, which knows no top-level await.
void begin();

async function begin(): Promise<void> {
  await Parser.init({ wasmBinary: wasm, wasmMemory });
  port?.on('message', (request: ParseRequest) => void answer(request));
  port?.postMessage('ready');
}

async function answer(request: ParseRequest): Promise<void> {
  const result = await parse(request);
  port?.postMessage({ id: request.id, result } satisfies ParseAnswer);
}
