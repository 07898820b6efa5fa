import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';

const module = join(import.meta.dirname, '../src/young-generation.ts');

/** Makes what survives, over and over, and prints how large the young generation became, in MiB. */
const burst = (bounded: boolean): string => `
import { boundYoungGeneration, youngBytes } from ${JSON.stringify(module)};
if (${bounded}) boundYoungGeneration();
let kept = [];
let most = 0;
for (let round = 0; round < 100; round++) {
  for (let index = 0; index < 20_000; index++) kept.push({ index, list: [index] });
  if (kept.length > 400_000) kept = [];
  most = Math.max(most, youngBytes());
  // The watching needs its turns, as it has between requests.
  await new Promise((resolve) => setTimeout(resolve, 5));
}
console.log(most / 2 ** 20);
`;
const mostOf = (script: string, ...flags: string[]): number =>
  Number(
    execFileSync(execPath, [...flags, '--conditions=source', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    }),
  );

describe('the young generation of a server', () => {
  it('stays below half of what V8 would make of it in a burst', () => {
    const free = mostOf(burst(false), '--max-semi-space-size=32');
    assert.ok(free >= 64, `unbounded it became ${free} MiB`);
    const bounded = mostOf(burst(true));
    assert.ok(bounded <= 32, `bounded it became ${bounded} MiB`);
  });

  it('is as large as the operator says', () => {
    const told = mostOf(burst(true), '--max-semi-space-size=32');
    assert.ok(told >= 64, `it became ${told} MiB`);
  });
});
