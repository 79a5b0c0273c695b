// Empties functions of the framework that the console never calls, before what nobody calls is left out.
//
// Every view of leptos can be taken over in three ways, all reachable through its table of functions: at once, bit by bit while code is loaded,
// and from a template. The console takes over at once (`hydrate` in src/lib.rs loads the code first); the other two are an eighth of the
// bundle. Each can tell its elements, too, for attributes that are put on a component from outside (`AnyViewWithAttrs`), which the console
// never does. A compiler cannot know that, since which entry of a table is called is known only when it runs.

import { FUNCTION as IMPORTED_FUNCTION, imported, leb, sections, text, written } from './wasm.mjs';

/** Names of the ways that are not gone, as the compiler spells them. */
const UNUSED = /hydrate_async|new_with_async_value|hydrate_from_template|8elements17h/;
/** What would call them after all. */
const CALLERS = /AnyViewWithAttrs/;

const CALL = 0;
const [FUNCTION, DATA, GLOBAL, SECTION, TAG, TABLE] = [0, 1, 2, 3, 4, 5];
/** Kinds of relocations that have a number to add after the symbol. */
const WITH_ADDEND = new Set([3, 4, 5, 8, 9, 11, 14, 15, 16, 17, 21, 22, 23, 25]);

/** The module with these functions empty. It needs the relocations that the linker writes. */
export function withoutUnused(bytes) {
  const all = sections(bytes);
  const named = (name) => all.find((section) => section.name === name);
  const [code, relocations] = [all.find(({ id }) => id === 10), named('reloc.CODE')];
  if (!code || !relocations || !named('linking')) throw new Error('the module has no relocations: was it linked with --emit-relocs?');
  const bodies = bodiesOf(bytes, code);
  const symbols = symbolsOf(bytes, named('linking'));
  const entries = relocationsOf(bytes, relocations);

  // One name of several that stand for the same code is no reason, and nor is a name of what something else calls: equal functions are merged.
  const first = imported(bytes).filter(({ kind }) => kind === IMPORTED_FUNCTION).length;
  const unused = new Map();
  for (const { kind, index, name } of symbols) {
    if (kind === FUNCTION && index >= first && name) unused.set(index - first, UNUSED.test(name) && unused.get(index - first) !== false);
  }
  const caller = symbols.find(({ kind, name }) => kind === FUNCTION && name && CALLERS.test(name));
  if (caller) throw new Error(`${caller.name} needs what is taken for unused`);
  const calls = [];
  for (const { type, offset, symbol } of entries) {
    if (type !== CALL) continue;
    const { index } = symbols[symbol];
    if (index >= first) calls.push([bodyAt(bodies, offset), index - first]);
  }
  for (let before = -1, now = 0; before !== now; ) {
    before = now;
    for (const [from, to] of calls) if (unused.get(to) && !unused.get(from)) unused.set(to, false);
    now = [...unused.values()].filter((is) => !is).length;
  }

  const emptied = Buffer.from(bytes);
  for (const [index, { from, to }] of bodies.entries()) {
    if (!unused.get(index)) continue;
    // No locals, `unreachable`, as many `nop` as there is room for, `end`.
    emptied.fill(1, code.from + from, code.from + to);
    emptied.set([0, 0], code.from + from);
    emptied[code.from + to - 1] = 0x0b;
  }
  const kept = entries.filter(({ offset }) => !unused.get(bodyAt(bodies, offset)));
  const [, counted] = leb(bytes, relocations.from);
  const content = Buffer.concat([bytes.subarray(relocations.from, counted), written(kept.length), ...kept.map(({ at, end }) => bytes.subarray(at, end))]);
  const name = Buffer.concat([written(10), Buffer.from('reloc.CODE')]);
  const section = Buffer.concat([Buffer.from([0]), written(name.length + content.length), name, content]);
  return Buffer.concat([emptied.subarray(0, relocations.start), section, emptied.subarray(relocations.to)]);
}

/** Where the functions of the code section begin and end, counted from its content, without their lengths. */
function bodiesOf(bytes, code) {
  const bodies = [];
  let [left, at] = leb(bytes, code.from);
  for (; left > 0; left--) {
    const [length, from] = leb(bytes, at);
    bodies.push({ from: from - code.from, to: from - code.from + length });
    at = from + length;
  }
  return bodies;
}

/** Which function an offset in the code section is in. */
function bodyAt(bodies, offset) {
  let [low, high] = [0, bodies.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bodies[middle].from <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The table of symbols that relocations count in. */
function symbolsOf(bytes, linking) {
  const symbols = [];
  for (let [, at] = leb(bytes, linking.from); at < linking.to; ) {
    const type = bytes[at];
    const [length, from] = leb(bytes, at + 1);
    at = from + length;
    if (type !== 8) continue;
    let [left, next] = leb(bytes, from);
    for (; left > 0; left--) {
      const symbol = { kind: bytes[next] };
      let flags;
      [flags, next] = leb(bytes, next + 1);
      const [undefined_, explicit] = [flags & 0x10, flags & 0x40];
      if ([FUNCTION, GLOBAL, TAG, TABLE].includes(symbol.kind)) {
        [symbol.index, next] = leb(bytes, next);
        if (!undefined_ || explicit) [symbol.name, next] = text(bytes, next);
      } else if (symbol.kind === DATA) {
        [symbol.name, next] = text(bytes, next);
        if (!undefined_) for (let part = 0; part < 3; part++) [, next] = leb(bytes, next);
      } else if (symbol.kind === SECTION) [, next] = leb(bytes, next);
      symbols.push(symbol);
    }
  }
  return symbols;
}

function relocationsOf(bytes, section) {
  const entries = [];
  let [, at] = leb(bytes, section.from);
  let left;
  [left, at] = leb(bytes, at);
  for (; left > 0; left--) {
    const entry = { at, type: bytes[at] };
    [entry.offset, at] = leb(bytes, at + 1);
    [entry.symbol, at] = leb(bytes, at);
    if (WITH_ADDEND.has(entry.type)) while (bytes[at++] >= 128);
    entry.end = at;
    entries.push(entry);
  }
  return entries;
}
