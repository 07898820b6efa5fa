import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cache } from '../../src/cache/port.ts';
import { until } from '../until.ts';

/** What an adapter's test gives the suite. */
export interface CacheEngine {
  /** Access to an engine, or a part of one, that nothing else writes to. */
  readonly cache: Cache;
  /** Another node's access to the same entries. Absent where entries are one process's own. */
  readonly again?: () => Promise<Cache>;
  /** Moves the clock the entries live by. Absent: the suite waits for real. */
  readonly advance?: (ms: number) => void;
  /** Breaks the connections of `cache` in mid-flight while the engine lives on, once. */
  readonly cutConnection?: () => Promise<void>;
  /** Called when the caches are closed. */
  readonly close?: () => Promise<void>;
}

const hourMs = 3_600_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Adapters may answer with a subclass of Uint8Array. */
const plain = (value: Uint8Array | undefined): Uint8Array | undefined =>
  value === undefined ? undefined : Uint8Array.from(value);

/** Every promise of the cache port, against a real engine. */
export function conformsToCache(name: string, open: () => Promise<CacheEngine>): void {
  describe(`the ${name} cache`, () => {
    let engine: CacheEngine;
    let cache: Cache;
    let other: Cache;
    before(async () => {
      engine = await open();
      cache = engine.cache;
      other = (await engine.again?.()) ?? cache;
    });
    after(async () => {
      await cache.close();
      if (other !== cache) await other.close();
      await engine.close?.();
    });

    let last = 0;
    const freshKey = (): string => `key ${process.pid}/${++last}`;
    const read = async (key: string): Promise<Uint8Array | undefined> => plain(await other.get(key));
    const expires = async (key: string, ttlMs: number): Promise<void> => {
      engine.advance?.(ttlMs + 1);
      await until(`${key} expires`, async () => (await cache.get(key)) === undefined);
    };

    it('gives back what was set, to every node, and the latest of two', async () => {
      const key = freshKey();
      assert.equal(await cache.get(key), undefined);
      await cache.set(key, bytes('one'), hourMs);
      assert.deepEqual(await read(key), bytes('one'));
      await cache.set(key, bytes('another, longer one'), hourMs);
      assert.deepEqual(await read(key), bytes('another, longer one'));
    });

    it('keeps any bytes: none, every value, and large pieces', async () => {
      const values = [
        new Uint8Array(0),
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
        bytes('\r\nEND\r\n né 😀'),
        Uint8Array.from({ length: 256 * 1024 }, (_, index) => (index * 31) & 0xff),
      ];
      for (const value of values) {
        const key = freshKey();
        await cache.set(key, value, hourMs);
        assert.deepEqual(await read(key), value);
      }
    });

    it('takes long and odd keys, and never takes one for another', async () => {
      const long = 'k'.repeat(400);
      const keys = [
        long,
        `${long}.`,
        `${'k'.repeat(249)}a`,
        'with a space',
        'with  two',
        'line\r\nset injected 0 0 1\r\nx',
        'tab\t',
        'null\u0000',
        'né',
        'ne\u0301',
        '😀'.repeat(100),
        'Case',
        'case',
        ':*?[x]{y}',
        ' ',
      ].map((key) => `${key}${freshKey()}`);
      await Promise.all(keys.map((key, index) => cache.set(key, bytes(`value ${index}`), hourMs)));
      assert.deepEqual(
        (await other.getMany(keys)).map(plain),
        keys.map((_, index) => bytes(`value ${index}`)),
      );
      for (const [index, key] of keys.entries()) assert.deepEqual(await read(key), bytes(`value ${index}`));
      assert.equal(await cache.get('injected'), undefined);
    });

    it('answers many keys in their order, with gaps for misses', async () => {
      const keys = Array.from({ length: 500 }, freshKey);
      await Promise.all(keys.flatMap((key, index) => (index % 3 === 0 ? [] : [cache.set(key, bytes(key), hourMs)])));
      const expected = keys.map((key, index) => (index % 3 === 0 ? undefined : bytes(key)));
      assert.deepEqual((await other.getMany(keys)).map(plain), expected);
      assert.deepEqual((await other.getMany(keys.toReversed())).map(plain), expected.toReversed());
      const twice = [keys[1] ?? '', keys[0] ?? '', keys[1] ?? ''];
      assert.deepEqual((await cache.getMany(twice)).map(plain), [expected[1], undefined, expected[1]]);
      assert.deepEqual(await cache.getMany([]), []);
    });

    it('forgets what is deleted', async () => {
      const [key, kept] = [freshKey(), freshKey()];
      await cache.set(key, bytes('x'), hourMs);
      await cache.set(kept, bytes('y'), hourMs);
      await cache.delete(key);
      assert.equal(await other.get(key), undefined);
      assert.deepEqual(await read(kept), bytes('y'));
      await cache.delete(key);
    });

    it('forgets each entry at the end of its own time', async () => {
      const [short, long] = [freshKey(), freshKey()];
      await cache.set(long, bytes('stays'), hourMs);
      await cache.set(short, bytes('goes'), 1_500);
      await expires(short, 1_500);
      assert.deepEqual((await other.getMany([short, long])).map(plain), [undefined, bytes('stays')]);
      await cache.set(short, bytes('back'), hourMs);
      assert.deepEqual(await read(short), bytes('back'), 'an expired key is as good as new');
    });

    it('lets a new value’s time replace the old one’s', async () => {
      const [key, control] = [freshKey(), freshKey()];
      await cache.set(key, bytes('short'), 1_000);
      await cache.set(key, bytes('long'), hourMs);
      await cache.set(control, bytes('c'), 2_500);
      await expires(control, 2_500);
      assert.deepEqual(await read(key), bytes('long'));
    });

    it('takes neither the shortest time for forever nor the longest for the past', async () => {
      const [instant, months] = [freshKey(), freshKey()];
      await cache.set(months, bytes('m'), 90 * 24 * hourMs);
      await cache.set(instant, bytes('i'), 1);
      await expires(instant, 1);
      assert.deepEqual(await read(months), bytes('m'));
    });

    it('extends a life by touch, and says when there is none', async () => {
      const [key, control] = [freshKey(), freshKey()];
      await cache.set(key, bytes('v'), 1_000);
      assert.equal(await other.touch(key, hourMs), true);
      await cache.set(control, bytes('c'), 2_500);
      await expires(control, 2_500);
      assert.deepEqual(await read(key), bytes('v'));
      assert.equal(await cache.touch(control, hourMs), false, 'the dead are not raised');
      assert.equal(await cache.get(control), undefined);
      assert.equal(await cache.touch(freshKey(), hourMs), false);
    });

    it('shortens a life by touch too', async () => {
      const key = freshKey();
      await cache.set(key, bytes('v'), hourMs);
      assert.equal(await cache.touch(key, 1_000), true);
      await expires(key, 1_000);
    });

    it('never rejects, not even when its connection is cut, and works again by itself', async (t) => {
      const { cutConnection } = engine;
      if (cutConnection === undefined) {
        t.skip('nothing to cut');
        return;
      }
      const key = freshKey();
      await cache.set(key, bytes('v'), hourMs);
      const cutting = cutConnection();
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          await cache.get(key);
          assert.equal((await cache.getMany([key, freshKey()])).length, 2);
          await cache.set(freshKey(), bytes('w'), hourMs);
          await cache.touch(key, hourMs);
          await cache.delete(freshKey());
        }),
      );
      await cutting;
      await until('it remembers again', async () => {
        await cache.set(key, bytes('again'), hourMs);
        return (await cache.get(key)) !== undefined;
      });
      assert.deepEqual(plain(await cache.get(key)), bytes('again'));
    });
  });
}
