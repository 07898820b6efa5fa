import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
const explained = new Set(Array.from(page.matchAll(/^\| `([^`]+)` \|/gm), ([, name = '']) => name));

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The dependencies of a package.json that the page has no line for. */
const unexplained = ({ dependencies, devDependencies, optionalDependencies }: Manifest): string[] =>
  Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).filter((name) => !explained.has(name));

describe('docs/dependencies.md', () => {
  const manifests = globSync(['package.json', 'packages/*/package.json'], { cwd: root });
  const read = (file: string): Manifest => JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;

  for (const file of manifests) {
    it(`says why ${file} needs each of its dependencies`, () => {
      assert.deepEqual(unexplained(read(file)), []);
    });
  }

  it('explains nothing that is not there', () => {
    const all = new Set(
      manifests.flatMap((file) => Object.values(read(file)).flatMap((part: unknown) => Object.keys(Object(part)))),
    );
    assert.deepEqual(
      [...explained].filter((name) => !all.has(name)),
      [],
    );
  });

  it('would be caught without a line', () => {
    assert.deepEqual(unexplained({ dependencies: { 'left-pad': '1.0.0', zod: '4.0.0' } }), ['left-pad']);
  });
});
