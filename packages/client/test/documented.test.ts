import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';

const src = join(import.meta.dirname, '../src');
/** Where everything public is declared, and that what is in it is public to the last member. */
const isPublicWhole = ['api.ts', 'rest.ts', 'outbox/port.ts'];
const declaration = /^export (?:const|function|async function|class|interface|type) (\w+)/;
const member = /^ {2}(?:readonly )?(\w+)(?:\?|<|\(|:| = )/;

/** What stands without a docstring above it. */
function undocumented(file: string): string[] {
  const lines = readFileSync(join(src, file), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const found = declaration.exec(line) ?? (isPublicWhole.includes(file) ? member.exec(line) : null);
    const above = lines[index - 1] ?? '';
    if (found === null || above.endsWith('*/') || /^ {2}(?:constructor|if|for|return)\b/.test(line)) return [];
    return [`${file}:${index + 1} ${found[1]}`];
  });
}

it('says of everything public what it means', () => {
  const files = globSync('**/*.ts', { cwd: src }).map((file) => file.replaceAll('\\', '/'));
  for (const file of isPublicWhole) assert.ok(files.includes(file), `${file} is not there`);
  assert.deepEqual(files.flatMap(undocumented), []);
});
