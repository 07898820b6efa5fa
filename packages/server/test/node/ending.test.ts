import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EndingStep, endInTurn } from '../../src/ending.ts';

async function endWith(withinMs: number, steps: readonly EndingStep[]): Promise<unknown[]> {
  const left: unknown[] = [];
  const log = { warn: (fields: object) => void left.push(Reflect.get(fields, 'step')) };
  await endInTurn(steps, performance.now() + withinMs, log);
  return left;
}

describe('the end of a node', () => {
  it('leaves what hangs on an engine that is away, and still lets go of everything after it', async () => {
    const told: string[] = [];
    const left = await endWith(50, [
      ['gateway', async () => void told.push('gateway')],
      ['sequencer', () => new Promise(() => undefined)],
      ['store', async () => void told.push('store')],
      ['broker', () => void told.push('broker')],
    ]);
    assert.deepEqual(told, ['gateway', 'store', 'broker']);
    assert.equal(left[0], 'sequencer');
  });

  it('waits for each, in their order, where all answer', async () => {
    const told: string[] = [];
    const slowly = (name: string, ms: number): EndingStep => [
      name,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        told.push(name);
      },
    ];
    assert.deepEqual(await endWith(60_000, [slowly('gateway', 20), slowly('store', 1)]), []);
    assert.deepEqual(told, ['gateway', 'store']);
  });

  it('tells of a failure after everything has ended', async () => {
    const told: string[] = [];
    const failing: EndingStep = ['audit', () => Promise.reject(new Error('disk full'))];
    await assert.rejects(endWith(60_000, [failing, ['store', () => void told.push('store')]]), /disk full/);
    assert.deepEqual(told, ['store']);
  });
});
