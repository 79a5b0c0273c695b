// Makes the browser bundle: from the compiled wasm32 library, style/main.css, style/icon.svg and every src/ui/*/module.ts to files with
// their hash in the name, each compressed beside itself, and manifest.json, from which the server takes the addresses.
//
//   node end2end/bundle.mjs --wasm FILE --site DIR [--dev]
//
// Must never write outside DIR/pkg. Nothing is done when nothing changed. With --dev what only makes the bundle smaller is left out.

import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import * as esbuild from 'esbuild';
import { FEATURES, loader, onAllCores, split } from './chunks.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(HERE);
const { wasm, site, dev } = parseArgs({ options: { wasm: { type: 'string' }, site: { type: 'string' }, dev: { type: 'boolean' } } }).values;
if (!wasm || !site) throw new Error('--wasm FILE and --site DIR are needed');
const PKG = resolve(site, 'pkg');

const started = Date.now();
const sources = [...tree(join(ROOT, 'style')), ...tree(join(ROOT, 'src/ui')).filter((file) => /\.(ts|css|svg)$/.test(file))];
const inputs = hash([resolve(wasm), ...sources, join(HERE, 'package-lock.json'), ...['chunks.mjs', 'unused.mjs', 'wasm.mjs'].map((file) => join(HERE, file)), fileURLToPath(import.meta.url)].map((file) => readFileSync(file)), String(dev));
const old = existsSync(join(PKG, 'manifest.json')) ? JSON.parse(readFileSync(join(PKG, 'manifest.json'), 'utf8')) : {};
if (old.inputs === inputs) process.exit(0);

/** Compressed bytes that pages may have: the first page with everything it needs, and the code of each other one. */
const CEILINGS = {
  first: 350_000,
  page: 122_000,
  // The editor is worked in for minutes, and its engine comes after the page, which can be typed into meanwhile.
  policy_editor: 131_000,
  engine: 165_000,
  // What a draft does is shown whole: findings, access, screens, recorded requests, promises.
  policy_review: 125_000,
};
/** The chunk of the page that is mostly the first. */
const FIRST = 'overview';
/** What the document of the first page comes to, compressed by the server. */
const DOCUMENT = 12_000;

/** Finished files by name, and their addresses by what they are for. */
const files = new Map();
const manifest = { inputs, css: '', js: '', wasm: '', icon: '', modules: {}, chunks: {} };
const work = mkdtempSync(join(tmpdir(), 'bundle-'));
try {
  await code();
  await scripts();
  await styles();
  if (existsSync(join(ROOT, 'style/icon.svg'))) manifest.icon = keep('icon.svg', readFileSync(join(ROOT, 'style/icon.svg')));
  await write();
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** The wasm of the frame and of the chunks. */
async function code() {
  const { frame, files } = await split({ splitter: tool('wasm-split-cli'), binaryen: join(HERE, 'node_modules/.bin'), wasm: resolve(wasm), work, name: 'trtc-console' });
  bindgen(frame);
  const [whole, ...parts] = await optimised([join(work, 'trtc-console_bg.wasm'), ...files.map(({ path }) => path)]);
  manifest.wasm = keep('trtc-console.wasm', whole);
  for (const [index, { chunks }] of files.entries()) {
    const address = keep(chunks.length === 1 ? `${chunks[0]}.wasm` : 'shared.wasm', parts[index]);
    for (const chunk of chunks) (manifest.chunks[chunk] ??= []).push(address);
  }
  writeFileSync(join(work, '__wasm_split.js'), loader('trtc-console', manifest.chunks));
}

function bindgen(frame) {
  // What the splitter left for the chunks to import is kept under its name. The names of functions go when they are optimised.
  const kept = ['--keep-lld-exports', '--no-demangle'];
  run(tool('wasm-bindgen'), ['--target', 'web', '--no-typescript', ...kept, '--out-dir', work, '--out-name', 'trtc-console', frame]);
}

async function optimised(paths) {
  const optimiser = join(HERE, 'node_modules/.bin/wasm-opt');
  // What the first run inlines the second makes smaller than it was; functions made of one generic function stand together, where they compress well.
  const passes = ['-O3', '-Oz', '--reorder-functions-by-name', '--strip-debug', '--strip-producers'];
  await onAllCores(dev ? [] : paths, (path) => promisify(execFile)(optimiser, [...FEATURES, ...passes, '--output', path, path]));
  return paths.map((path) => readFileSync(path));
}

function tool(name) {
  return execFileSync(join(HERE, 'setup.sh'), ['path', name], { encoding: 'utf8' }).trim();
}

/** The loader of the wasm file with what it pulls in, and the modules that pages load when they need them. */
async function scripts() {
  const modules = readdirSync(join(ROOT, 'src/ui'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, 'src/ui', entry.name, 'module.ts')))
    .map((entry) => entry.name);
  const entryPoints = { 'trtc-console': join(work, 'trtc-console.js') };
  for (const name of modules) entryPoints[name] = join(ROOT, 'src/ui', name, 'module.ts');
  // wasm-bindgen names the loader of chunks once for each function that it imports from it.
  const logOverride = { 'duplicate-object-key': 'silent' };
  const made = withoutWarnings(await esbuild.build({ ...common(), entryPoints, format: 'esm', target: 'es2022', splitting: true, logOverride }));
  for (const [name, address] of outputs(made)) {
    if (name === 'trtc-console') manifest.js = address;
    else if (name in entryPoints) manifest.modules[name] = address;
  }
}

async function styles() {
  const made = withoutWarnings(await esbuild.build({ ...common(), entryPoints: { 'trtc-console': join(ROOT, 'style/main.css') }, target: ['chrome111', 'firefox114', 'safari16.4'] }));
  for (const [name, address] of outputs(made)) if (name === 'trtc-console') manifest.css = address;
}

/** What scripts and styles are bundled with. Packages are looked up beside this file, wherever the source stands. */
function common() {
  return {
    bundle: true,
    minify: !dev,
    write: false,
    metafile: true,
    outdir: PKG,
    absWorkingDir: ROOT,
    nodePaths: [join(HERE, 'node_modules')],
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    assetNames: '[name]-[hash]',
    publicPath: '/pkg',
    loader: { '.svg': 'file', '.woff2': 'file', '.png': 'file' },
    legalComments: 'none',
    logLevel: 'warning',
  };
}

/** What esbuild warns of is a mistake of ours: a style sheet that is cut off, an import that leads nowhere. */
function withoutWarnings(made) {
  if (made.warnings.length > 0) throw new Error(`the bundler warns ${made.warnings.length} times; see above`);
  return made;
}

/** Keeps what esbuild made; pairs of the entry's name (empty for other files) and the address. */
function outputs(made) {
  const entries = new Map(Object.entries(made.metafile.outputs).map(([file, about]) => [basename(file), about.entryPoint]));
  return made.outputFiles.map((file) => {
    const name = basename(file.path);
    files.set(name, Buffer.from(file.contents));
    return [entries.get(name) ? name.slice(0, name.lastIndexOf('-')) : '', `/pkg/${name}`];
  });
}

function keep(name, bytes) {
  const dot = name.lastIndexOf('.');
  const hashed = `${name.slice(0, dot)}-${hash([bytes]).slice(0, 8)}${name.slice(dot)}`;
  files.set(hashed, bytes);
  return `/pkg/${hashed}`;
}

/** All files into a new directory that takes the place of the old one at once: a running server never sees half a bundle. */
async function write() {
  const fresh = `${PKG}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  const [sizes, weights] = [[], new Map()];
  await Promise.all(
    [...files].map(async ([name, bytes]) => {
      const [br, gz] = await compressed(bytes);
      writeFileSync(join(fresh, name), bytes);
      if (br.length < bytes.length) writeFileSync(join(fresh, `${name}.br`), br);
      if (gz.length < bytes.length) writeFileSync(join(fresh, `${name}.gz`), gz);
      weights.set(`/pkg/${name}`, br.length);
      sizes.push(`${name} ${kilobytes(bytes.length)} (${kilobytes(br.length)} brotli)`);
    }),
  );
  const pages = withinCeilings(weights);
  writeFileSync(join(fresh, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  rmSync(PKG, { recursive: true, force: true });
  renameSync(fresh, PKG);
  console.log(`bundle: ${((Date.now() - started) / 1000).toFixed(1)} s${dev ? ', not optimised' : ''}\n  ${[...sizes.sort(), ...pages].join('\n  ')}`);
}

/** Lines that say what each page needs, compressed; an optimised bundle in which that is too much is none. */
function withinCeilings(weights) {
  const of = (addresses) => addresses.reduce((sum, address) => sum + weights.get(address), 0);
  const frame = of([manifest.css, manifest.js, manifest.wasm, manifest.modules.copy]);
  const first = frame + of(manifest.chunks[FIRST]) + DOCUMENT;
  const tooHeavy = first > CEILINGS.first ? [`the first page needs ${kilobytes(first)}, and may need ${kilobytes(CEILINGS.first)}`] : [];
  const lines = Object.entries(manifest.chunks).sort().map(([chunk, addresses]) => {
    const own = of(addresses);
    const most = CEILINGS[chunk] ?? CEILINGS.page;
    if (own > most) tooHeavy.push(`${chunk} needs ${kilobytes(own)}, and may need ${kilobytes(most)}`);
    return `${chunk.padEnd(13)} ${kilobytes(own).padStart(6)} in ${addresses.length} files, ${kilobytes(frame + own + DOCUMENT).padStart(6)} where it is the first`;
  });
  if (tooHeavy.length > 0 && !dev) throw new Error(`the bundle is too heavy:\n  ${[...tooHeavy, ...lines].join('\n  ')}`);
  return ['what pages need, compressed:', ...lines];
}

async function compressed(bytes) {
  const quality = dev ? 4 : 11;
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return Promise.all([promisify(brotliCompress)(bytes, { params }), promisify(gzip)(bytes, { level: dev ? 1 : 9 })]);
}

function kilobytes(bytes) {
  return `${Math.ceil(bytes / 1000)} kB`;
}

/** Every file below a directory, in a fixed order. */
function tree(directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function hash(parts, more = '') {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.update(more).digest('hex');
}

function run(program, words) {
  execFileSync(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
}
