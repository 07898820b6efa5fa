import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ParleyError } from '@parley/protocol';
import { Lane, type Outgoing } from '../../src/broker/lane.ts';
import { until } from '../until.ts';
import { bytes, text } from './conformance/engine.ts';

const textsOf = (records: readonly Outgoing[]): string[] => records.map(({ payload }) => text(payload));
const isUnavailable = (error: unknown): boolean => error instanceof ParleyError && error.code === 'unavailable';

describe('a lane', () => {
  it('has one send under way and gathers the rest for the next', async () => {
    const sends: string[][] = [];
    const release: (() => void)[] = [];
    const lane = new Lane({
      maxQueued: 100,
      patienceMs: 60_000,
      failed: () => undefined,
      send: (records) => {
        sends.push(textsOf(records));
        return new Promise((resolve) => release.push(resolve));
      },
    });
    const all = [lane.publish(0, [bytes('a')])];
    await until('the first is under way', () => sends.length === 1);
    for (const record of ['b', 'c', 'd']) all.push(lane.publish(1, [bytes(record)]));
    release[0]?.();
    await until('the rest is under way', () => sends.length === 2);
    release[1]?.();
    await Promise.all(all);
    assert.deepEqual(sends, [['a'], ['b', 'c', 'd']]);
    await lane.close();
  });

  it('sends again what failed, before anything that came later', async () => {
    const sends: string[][] = [];
    const failures: unknown[] = [];
    const lane = new Lane({
      maxQueued: 100,
      patienceMs: 60_000,
      failed: (error) => failures.push(error),
      send: (records) => {
        sends.push(textsOf(records));
        return sends.length < 3 ? Promise.reject(new Error('away')) : Promise.resolve();
      },
    });
    const first = lane.publish(0, [bytes('a')]);
    await until('it failed', () => failures.length > 0);
    await Promise.all([first, lane.publish(0, [bytes('b')])]);
    assert.equal(failures.length, 2);
    assert.ok(sends.every(([record]) => record === 'a'));
    assert.deepEqual(sends.at(-1), ['a', 'b']);
    await lane.close();
  });

  it('refuses what is beyond its bound, and what the engine has kept waiting for too long; then has room again', async () => {
    let isAway = true;
    const lane = new Lane({
      maxQueued: 3,
      patienceMs: 1,
      failed: () => undefined,
      send: () => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()),
    });
    const waiting = lane.publish(0, [bytes('a'), bytes('b'), bytes('c')]);
    const lost = assert.rejects(waiting, isUnavailable);
    await assert.rejects(lane.publish(0, [bytes('d')]), isUnavailable);
    await lost;
    isAway = false;
    await lane.publish(0, [bytes('e'), bytes('f'), bytes('g')]);
    await lane.close();
  });

  it('counts what waits together with the lanes it shares room with', async () => {
    const room = { records: 0, bytes: 0 };
    const release: (() => void)[] = [];
    const options = { maxQueued: 2, patienceMs: 60_000, room, failed: () => undefined };
    const send = (): Promise<void> => new Promise((resolve) => release.push(resolve));
    const [one, two] = [new Lane({ ...options, send }), new Lane({ ...options, send })];
    const taken = [one.publish(0, [bytes('a')]), two.publish(1, [bytes('b')])];
    await assert.rejects(one.publish(0, [bytes('c')]), isUnavailable);
    await until('both are under way', () => release.length === 2);
    for (const resolve of release) resolve();
    await Promise.all(taken);
    assert.deepEqual(room, { records: 0, bytes: 0 });
    await Promise.all([one.close(), two.close()]);
  });
});
