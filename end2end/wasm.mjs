// Reads wasm modules as far as the bundle needs it: sections, and what relocations and names say of the functions.

/** The sections of a module: number, name of a custom one, where the whole begins, where its content begins and ends. */
export function sections(bytes) {
  const found = [];
  for (let at = 8; at < bytes.length; ) {
    const [length, from] = leb(bytes, at + 1);
    const section = { id: bytes[at], start: at, from, to: from + length };
    if (section.id === 0) [section.name, section.from] = text(bytes, from);
    found.push(section);
    at = section.to;
  }
  return found;
}

/** An unsigned number, and where what follows it begins. */
export function leb(bytes, at) {
  let [value, factor, byte] = [0, 1, 128];
  while (byte >= 128) {
    byte = bytes[at++];
    value += (byte & 127) * factor;
    factor *= 128;
  }
  return [value, at];
}

/** An unsigned number as it is written. */
export function written(value) {
  const bytes = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) | 128);
  }
}

/** A text, and where what follows it begins. */
export function text(bytes, at) {
  const [length, from] = leb(bytes, at);
  return [bytes.toString('utf8', from, from + length), from + length];
}

/** What a module imports: from where, its name, its kind, and how the text format declares it; functions are not declared. */
export function imported(bytes) {
  const section = sections(bytes).find(({ id }) => id === 2);
  const found = [];
  let at = section?.from ?? 0;
  const read = (reader) => {
    const [value, next] = reader(bytes, at);
    at = next;
    return value;
  };
  const least = () => {
    const bounded = bytes[at++] & 1;
    const value = read(leb);
    if (bounded) read(leb);
    return value;
  };
  for (let left = section ? read(leb) : 0; left > 0; left--) {
    const one = { from: read(text), name: read(text), kind: bytes[at++] };
    if (one.kind === FUNCTION) read(leb);
    else if (one.kind === TABLE) one.declared = (at++, `table ${least()} funcref`);
    else if (one.kind === MEMORY) one.declared = `memory ${least()}`;
    else if (one.kind === GLOBAL) one.declared = `global (${bytes[(at += 2) - 1] === 1 ? 'mut ' : ''}i32)`;
    else throw new Error(`${one.from}.${one.name} is imported, of a kind that is not expected`);
    found.push(one);
  }
  return found;
}

/** Kinds of imports. */
export const [FUNCTION, TABLE, MEMORY, GLOBAL] = [0, 1, 2, 3];

/** The data of a module: where it is put in the memory, how many bytes it has, and its name where the linker has left it. */
export function placed(bytes) {
  const all = sections(bytes);
  const section = all.find(({ id }) => id === 11);
  if (!section) return [];
  const names = segmentNames(bytes, all.find(({ name }) => name === 'linking'));
  const found = [];
  let [left, at] = leb(bytes, section.from);
  for (; left > 0; left--) {
    if (bytes[at] !== 0 || bytes[at + 1] !== I32_CONST) throw new Error('data without a fixed place is not expected');
    const [address, after] = leb(bytes, at + 2);
    const [length, content] = leb(bytes, after + 1);
    found.push({ address, length, name: names[found.length] });
    at = content + length;
  }
  return found;
}
const I32_CONST = 0x41;

function segmentNames(bytes, linking) {
  const names = [];
  if (!linking) return names;
  for (let [, at] = leb(bytes, linking.from); at < linking.to; ) {
    const type = bytes[at];
    const [length, from] = leb(bytes, at + 1);
    at = from + length;
    if (type !== 5) continue;
    let [left, next] = leb(bytes, from);
    for (; left > 0; left--) {
      let name;
      [name, next] = text(bytes, next);
      [, next] = leb(bytes, next);
      [, next] = leb(bytes, next);
      names.push(name);
    }
  }
  return names;
}
