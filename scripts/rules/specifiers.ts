/** One import, as it stands in a file. */
export interface Import {
  /** What is imported: `./port.ts`, `@parley/protocol`, `node:fs`. */
  readonly specifier: string;
  /** Counted from 1. */
  readonly line: number;
}

// Strings are matched too, so that a `//` in an address is no comment and a quoted import is no import.
const commentOrString = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`(?:\\[\s\S]|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;
const names = /(?:[\w$]+|(?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?))/.source;
const patterns = [
  // import a from '…', import type { A } from '…', export * as a from '…', also over several lines.
  new RegExp(`^[ \\t]*(?:import|export)\\b\\s*(?:type\\b\\s*)?${names}\\s*from\\s*(['"])([^'"\\n]+)\\1`, 'gm'),
  // import '…'
  /^[ \t]*import\s*(['"])([^'"\n]+)\1/gm,
  // import('…'), also as a type; require('…'), require.resolve('…'), import.meta.resolve('…')
  /\b(?:import(?:\.meta\.resolve)?|require(?:\.resolve)?)\s*\(\s*(['"])([^'"\n]+)\1/g,
];

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** A source with its comments and templates blanked; lines keep their numbers. */
export const withoutComments = (source: string): string =>
  source.replace(commentOrString, (found) => (/^(?:\/[*/]|`)/.test(found) ? blank(found) : found));

/** Every import of a TypeScript source, in the order of its lines. Specifiers put together at run time are not seen. */
export function importsOf(source: string): readonly Import[] {
  const code = withoutComments(source);
  const found = patterns.flatMap((pattern) =>
    Array.from(code.matchAll(pattern), ({ index, 0: whole, 2: specifier = '' }) => ({
      specifier,
      line: code.slice(0, index + whole.lastIndexOf(specifier)).split('\n').length,
    })),
  );
  return found.toSorted((a, b) => a.line - b.line);
}
