// Cuts the browser half into the code of the frame and chunks for the pages, as `src/ui/chunks.rs` names them.
//
// The splitter puts what several chunks share into a module for each set of chunks that share it: hundreds, most of them tiny. A small one is
// repeated in the file of each chunk that needs it, and so is a larger one that few need, since one file compresses better than two. Not so
// one that holds something that changes: a module sets up its part of the memory when it is loaded, and what has changed by then must not be
// set up again.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withoutUnused } from './unused.mjs';
import { imported, placed, sections } from './wasm.mjs';

const run = promisify(execFile);

/** What binaryen's tools are told about the modules: the features of the compiler's default for wasm32. */
export const FEATURES = ['bulk-memory', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext'].map((feature) => `--enable-${feature}`);

/** What is shared and has so many bytes, before it is optimised and compressed, is a file of its own: shared by many, and by few. */
const LARGE = 32_000;
const LARGE_FOR_FEW = 80_000;
const FEW = 8;

/** The module that the frame imports to load chunks. Its name is the splitter's. */
const LOADER = '__wasm_split.js';
/** What chunks import: the memory, the table of functions and the stack of the frame, exported by it under these names. */
const SHARED = '__wasm_split';

/**
 * Splits `wasm` into `work`/NAME.wasm, which is for wasm-bindgen, and the files of chunks. Gives for each file its path and the chunks that
 * need it.
 */
export async function split({ splitter, binaryen, wasm, work, name }) {
  const cut = join(work, 'cut');
  mkdirSync(cut);
  const slim = join(work, 'slim.wasm');
  writeFileSync(slim, withoutUnused(readFileSync(wasm)));
  execFileSync(splitter, [slim, cut, '--target', 'web', '--out-name', name], { stdio: ['ignore', 'ignore', 'inherit'] });
  const needs = needed(readFileSync(join(cut, LOADER), 'utf8'));
  const modules = readdirSync(cut).filter((file) => file.endsWith('.wasm') && file !== `${name}.wasm`);
  const lost = modules.filter((file) => !needs.has(file));
  if (lost.length > 0 || needs.size === 0) throw new Error(`the splitter's ${LOADER} is not understood: it does not name ${lost.join(', ') || 'anything'}`);
  const from = changing(slim);
  const groups = grouped(modules.map((file) => ({ path: join(cut, file), chunks: needs.get(file), ...judged(readFileSync(join(cut, file)), from) })));
  const shared = provider(binaryen, cut, groups.flatMap(({ modules }) => modules));
  const files = groups.map(({ chunks, modules }, index) => ({ path: join(work, `chunk-${index}.wasm`), chunks: [...chunks].sort(), modules }));
  await onAllCores(files, ({ path, modules }) => {
    const named = modules.flatMap((module, index) => [module, `m${index}`]);
    return run(join(binaryen, 'wasm-merge'), [...FEATURES, '--debuginfo', shared, SHARED, ...named, '--output', path]);
  });
  return { frame: join(cut, `${name}.wasm`), files };
}

/** The modules of the splitter's output, each with the chunks that need it, read from the loader that it writes. */
function needed(loader) {
  const needs = new Map();
  const need = (file, chunk) => needs.set(file, (needs.get(file) ?? new Set()).add(chunk));
  const fileOf = (text) => /new URL\("\.\/([^"]+)"/.exec(text)?.[1];
  const shared = new Map([...loader.matchAll(/^const (__chunk_\d+) = makeLoad\(([^]*?), \[\]\);$/gm)].map(([, id, fetched]) => [id, fileOf(fetched)]));
  for (const [, chunk, fetched, others] of loader.matchAll(/^export const __wasm_split_load_(\w+) = wrapAsyncCb\(makeLoad\(([^]*?), \[([^\]]*)\]\)\);$/gm)) {
    const own = fileOf(fetched);
    if (own) need(own, chunk);
    for (const id of others.split(', ').filter(Boolean)) need(shared.get(id), chunk);
  }
  return needs;
}

/** Which modules become one file, and the chunks that need it. */
function grouped(modules) {
  const alone = modules.filter(({ chunks, weight, changes }) => chunks.size > 1 && (changes || weight >= (chunks.size > FEW ? LARGE : LARGE_FOR_FEW)));
  const names = new Set(modules.flatMap(({ chunks }) => [...chunks]));
  const own = [...names].map((name) => modules.filter((module) => module.chunks.has(name) && !alone.includes(module)).map(({ path }) => path));
  return [
    ...[...names].map((name, index) => ({ chunks: [name], modules: own[index] })),
    ...alone.map(({ path, chunks }) => ({ chunks: [...chunks], modules: [path] })),
  ].filter(({ modules }) => modules.length > 0);
}

/** How many bytes a module has, and whether it holds something that changes. */
function judged(bytes, from) {
  const weight = sections(bytes).reduce((sum, { id, from, to }) => sum + (id === 0 ? 0 : to - from), 0);
  return { weight, changes: placed(bytes).some(({ address, length }) => address >= from && length > 0) };
}

/** Where in the memory what changes begins: the linker puts it behind what does not. */
function changing(path) {
  const segments = placed(readFileSync(path));
  const first = segments.findIndex(({ name }) => !name?.startsWith('.rodata'));
  if (first < 1 || segments.slice(first).some(({ name }) => name?.startsWith('.rodata'))) throw new Error('the data of the module is not in the order that is expected');
  return segments[first].address;
}

/** A module that stands for the frame while others are merged, so that they have one memory, one table and one stack. */
function provider(binaryen, dir, modules) {
  const imports = new Map();
  for (const { from, name, declared } of modules.flatMap((module) => imported(readFileSync(module)))) {
    if (from !== SHARED || !declared) throw new Error(`a chunk imports ${from}.${name}, which the frame does not have for it`);
    imports.set(name, declared);
  }
  const lines = [...imports].map(([name, what]) => `(import "frame" "${name}" (${what}))`);
  const given = [...imports].map(([name, what], index, all) => {
    const kind = what.split(' ')[0];
    return `(export "${name}" (${kind} ${all.slice(0, index).filter(([, other]) => other.startsWith(kind)).length}))`;
  });
  writeFileSync(join(dir, 'provider.wat'), `(module ${[...lines, ...given].join('\n')})`);
  execFileSync(join(binaryen, 'wasm-as'), [...FEATURES, join(dir, 'provider.wat'), '--output', join(dir, 'provider.wasm')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return join(dir, 'provider.wasm');
}

/** The module that takes the place of the splitter's loader: fetches what a chunk needs, each file once, and says whether all came. */
export function loader(name, addresses) {
  const loads = Object.entries(addresses).map(([chunk, files]) => `export const __wasm_split_load_${chunk} = loading(${JSON.stringify(files)});`);
  return `
import { initSync } from './${name}.js';
const begun = new Map();
const fetched = (address) => {
  if (!begun.has(address)) begun.set(address, WebAssembly.instantiateStreaming(fetch(address), { frame: initSync() }).catch((problem) => {
    begun.delete(address);
    throw problem;
  }));
  return begun.get(address);
};
const loading = (addresses) => async (callback, data) => {
  const all = await Promise.allSettled(addresses.map(fetched));
  const lost = all.find(({ status }) => status === 'rejected');
  if (lost) console.warn('a part of the page could not be loaded:', lost.reason);
  initSync().__indirect_function_table.get(callback)(data, !lost);
};
${loads.join('\n')}
`;
}

/** Does something with each; the tools use one core each, and a machine that builds has more. */
export async function onAllCores(all, work) {
  const left = [...all];
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}
