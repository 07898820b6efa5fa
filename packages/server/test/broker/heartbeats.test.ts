import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { Heartbeats } from '../../src/broker/heartbeats.ts';
import { Shares } from '../../src/broker/shares.ts';

const beatMs = 100;

/** An engine that brings every beat to everybody, unless it is away or an instance is paused. */
class Hub {
  isAway = false;
  readonly #everybody: { readonly beats: Heartbeats; readonly missed: Buffer[]; isPaused: boolean }[] = [];

  add(): { readonly beats: Heartbeats; pause(): void; resume(): void; crash(): void } {
    let isCrashed = false;
    const beats = new Heartbeats({
      publish: (beat) => !isCrashed && this.#publish(beat),
      beatMs,
      elapsed: () => Date.now(),
    });
    const one = { beats, missed: [] as Buffer[], isPaused: false };
    this.#everybody.push(one);
    beats.start();
    return {
      beats,
      crash: () => {
        isCrashed = true;
      },
      pause: () => {
        one.isPaused = true;
      },
      resume: () => {
        one.isPaused = false;
        for (const beat of one.missed.splice(0)) beats.received(beat);
      },
    };
  }

  stop(): void {
    for (const { beats } of this.#everybody) beats.stop();
  }

  #publish(beat: Buffer): void {
    if (this.isAway) return;
    for (const one of this.#everybody) {
      if (one.isPaused) one.missed.push(beat);
      else queueMicrotask(() => one.beats.received(beat));
    }
  }
}

const names = (beats: Heartbeats): string =>
  beats
    .members()
    .map(({ node }) => node)
    .join(' ');

describe('heartbeats', () => {
  let hub: Hub;
  const pass = async (count: number): Promise<void> => {
    for (let beat = 0; beat < count; beat++) {
      mock.timers.tick(beatMs);
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval', 'setImmediate', 'Date'] });
    hub = new Hub();
  });
  afterEach(() => {
    hub.stop();
    mock.timers.reset();
  });

  it('forget who falls silent, and nobody else', async () => {
    const [one, two, three] = [hub.add(), hub.add(), hub.add()];
    one.beats.join({ node: 'one', roles: [] });
    two.beats.join({ node: 'two', roles: [] });
    await pass(3);
    assert.equal(names(three.beats), 'one two');
    two.crash();
    await pass(3);
    assert.equal(names(three.beats), 'one two', 'one lost beat is no death');
    await pass(10);
    assert.equal(names(three.beats), 'one');
  });

  it('tell a newcomer of everybody at once, and settle when its own beats came back', async () => {
    const old = hub.add();
    old.beats.join({ node: 'old', roles: ['gateway'] });
    await pass(3);
    const newcomer = hub.add();
    let isSettled = false;
    void newcomer.beats.settled.then(() => {
      isSettled = true;
    });
    await pass(0);
    assert.ok(!isSettled);
    await pass(3);
    assert.equal(names(newcomer.beats), 'old');
    assert.ok(isSettled);
  });

  it('let nobody die of an engine that is away, however long', async () => {
    const [one, two] = [hub.add(), hub.add()];
    one.beats.join({ node: 'one', roles: [] });
    two.beats.join({ node: 'two', roles: [] });
    await pass(3);
    hub.isAway = true;
    const seen: string[] = [];
    two.beats.watch((members) => seen.push(members.map(({ node }) => node).join(' ')));
    await pass(600);
    hub.isAway = false;
    await pass(60);
    assert.deepEqual(seen, ['one two']);
  });

  it('let a paused instance read what it missed before it judges anybody', async () => {
    const [one, two] = [hub.add(), hub.add()];
    one.beats.join({ node: 'one', roles: [] });
    await pass(3);
    const seen: string[] = [];
    two.beats.watch((members) => seen.push(members.map(({ node }) => node).join(' ')));
    two.pause();
    await pass(100);
    two.resume();
    await pass(20);
    assert.deepEqual(seen, ['one']);
  });

  it('take a goodbye at its word', async () => {
    const [one, two] = [hub.add(), hub.add()];
    one.beats.join({ node: 'one', roles: [] });
    await pass(3);
    one.beats.stop();
    await pass(0);
    await Promise.resolve();
    assert.equal(names(two.beats), '');
  });

  it('leave out of the work who cannot do it for a while, as long as another can', async () => {
    const [one, two] = [hub.add(), hub.add()];
    let canWork = true;
    one.beats.askWith(() => canWork);
    for (const { beats } of [one, two]) beats.setShare(true, []);
    const both = [one.beats.instance, two.beats.instance].toSorted();
    await pass(10);
    canWork = false;
    await pass(2);
    assert.deepEqual(two.beats.consumers(), both, 'one bad moment is no reason');
    await pass(3);
    for (const { beats } of [one, two]) assert.deepEqual(beats.consumers(), [two.beats.instance]);
    canWork = true;
    await pass(1);
    for (const { beats } of [one, two]) assert.deepEqual(beats.consumers(), both);
  });

  it('leave nobody out when all cannot, nor when all can again, one a little sooner', async () => {
    const [one, two] = [hub.add(), hub.add()];
    const able = { one: true, two: true };
    one.beats.askWith(() => able.one);
    two.beats.askWith(() => able.two);
    for (const { beats } of [one, two]) beats.setShare(true, []);
    const both = [one.beats.instance, two.beats.instance].toSorted();
    const stays = async (count: number): Promise<void> => {
      for (let beat = 0; beat < count; beat++) {
        await pass(1);
        for (const { beats } of [one, two]) assert.deepEqual(beats.consumers(), both);
      }
    };
    await pass(10);
    Object.assign(able, { one: false, two: false });
    await stays(20);
    able.one = true;
    await stays(4);
    able.two = true;
    await stays(20);
  });

  it('let others have the partitions of one that cannot work, also while its last batches end in vain', async () => {
    const [one, two] = [hub.add(), hub.add()];
    let canWork = true;
    const held = { one: new Set<number>(), two: new Set<number>() };
    const endless = Promise.withResolvers<void>();
    const shares = [
      new Shares({
        heartbeats: one.beats,
        partitions: 16,
        canWork: () => canWork,
        take: async (partition) => void held.one.add(partition),
        release: async (partition) => {
          await endless.promise;
          held.one.delete(partition);
        },
      }),
      new Shares({
        heartbeats: two.beats,
        partitions: 16,
        take: async (partition) => void held.two.add(partition),
        release: async (partition) => void held.two.delete(partition),
      }),
    ];
    const started = shares.map((share) => share.start());
    await pass(10);
    await Promise.all(started);
    await pass(10);
    assert.equal(held.one.size + held.two.size, 16);
    assert.ok(held.one.size > 0);
    canWork = false;
    await pass(10);
    assert.equal(held.two.size, 16, 'nobody waits for what is under way there');
    endless.resolve();
    await pass(2);
    assert.equal(held.one.size, 0);
    canWork = true;
    await pass(10);
    assert.equal(held.one.size + held.two.size, 16);
    assert.ok(held.one.size > 0, 'it has its share again');
  });
});
