import type { Json } from './grammar.ts';
import type { Chance } from './random.ts';

const numbers = [0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, Number.MAX_SAFE_INTEGER];
const strings = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'null',
  '0',
  'c_',
  `c_${'0'.repeat(26)}`,
  `u_${'z'.repeat(26)}`,
  '\u0000',
  '\ud800',
  '\u202e',
  '💥',
  'a'.repeat(5_000),
];
const keys = ['__proto__', 'constructor', 'toString', 't', 'id', 'type', 'stream', '', '0', '\u0000'];
/** What JSON allows to be written and no program writes, and what it does not allow. */
const scraps = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '\u0000',
  '\ufeff',
  '1e999',
  '-',
  '-0',
  'NaN',
  'Infinity',
  'undefined',
  '/*',
  '//',
  "'",
  '\u2028',
  '{"a":',
  '[[',
];

function strange(chance: Chance): Json {
  return chance.of<() => Json>([
    () => null,
    () => chance.is(0.5),
    () => chance.of(numbers),
    () => chance.of(strings),
    () => [],
    () => ({}),
    () => Array.from({ length: chance.below(1_200) }, () => 'x'),
    () => ({ [chance.of(keys)]: chance.of(strings) }),
    () => nested(1 + chance.below(200)),
  ])();
}

function nested(depth: number): Json {
  let value: Json = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

/** Puts something strange somewhere in the value. */
function bend(value: Json, chance: Chance): Json {
  if (typeof value !== 'object' || value === null || chance.is(0.15)) return strange(chance);
  if (Array.isArray(value)) {
    const index = chance.below(value.length + 1);
    const changed = value.map((inner, at) => (at === index ? bend(inner, chance) : inner));
    return index === value.length ? [...changed, strange(chance)] : changed;
  }
  const entries = Object.entries(value);
  const index = chance.below(entries.length + 1);
  if (index === entries.length) entries.push([chance.of(keys), strange(chance)]);
  else if (chance.is(0.2)) entries.splice(index, 1);
  else
    entries[index] = [
      chance.is(0.1) ? chance.of(keys) : (entries[index]?.[0] ?? ''),
      bend(entries[index]?.[1] ?? null, chance),
    ];
  return Object.fromEntries(entries);
}

/** Cuts, doubles and litters the text. */
function tear(text: string, chance: Chance): string {
  if (chance.is(0.003)) return text.replace(/\d+|"[^"]*"$/, '['.repeat(20_000) + ']'.repeat(20_000));
  const at = chance.below(text.length + 1);
  const to = Math.min(text.length, at + chance.below(20));
  return chance.of([
    () => text.slice(0, at),
    () => text.slice(0, at) + text.slice(to),
    () => text.slice(0, at) + chance.of(scraps) + text.slice(at),
    () => text.slice(0, at) + text.slice(at, to).repeat(3) + text.slice(to),
    () => text.slice(0, at) + String.fromCharCode(chance.below(0x1_0000)) + text.slice(at + 1),
    () => text + text,
    () => chance.of(scraps),
  ])();
}

/** A frame that is nearly right. One in twenty is left as it is. */
export function mutated(value: Json, chance: Chance): string {
  if (chance.is(0.05)) return JSON.stringify(value);
  let bent = value;
  for (let times = chance.below(3); times > 0; times--) bent = bend(bent, chance);
  let text = JSON.stringify(bent);
  for (let times = chance.below(3); times > 0; times--) text = tear(text, chance);
  return text.slice(0, 60_000);
}
