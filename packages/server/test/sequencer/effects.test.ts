import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { newConversationId, ParleyError, type StreamId } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { decodeLogEntry } from '../../src/envelope.ts';
import { silentLog } from '../../src/log.ts';
import { appendBatch, type SequencerStore } from '../../src/sequencer/append-batch.ts';
import { Effects } from '../../src/sequencer/effects.ts';
import { FollowUps } from '../../src/sequencer/follow-ups.ts';
import { allSafeguards, defaultSequencerBounds } from '../../src/sequencer/safeguards.ts';
import type { Wish } from '../../src/stream/index.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people, wishOf } from '../stream/people.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';

const [ann, bob, cyd] = people;
/** The partition of each test. */
let partition = 0;

/** A log that takes effects, or does not, and the owners of one partition of it. */
class World {
  readonly clock = new VirtualClock();
  /** Whose streams the effects in the log are for. */
  readonly published: StreamId[] = [];
  readonly found: StreamId[] = [];
  readonly partition = ++partition;
  readonly store: SequencerStore;
  isLogDown = false;
  #lives = 0;

  constructor(store: SequencerStore) {
    this.store = store;
  }

  owner(store = this.store): Owner {
    return new Owner(this, store, `life${++this.#lives}`);
  }

  /** Lets an owner look as often as it takes for the notes of another to count as left, and some more. */
  async pass(owner: Owner, beats = 12, beatMs = 1_000): Promise<void> {
    for (let beat = 0; beat < beats; beat++) {
      this.clock.advance(beatMs);
      owner.effects.beat();
      // What a beat begins, the store ends some turns later.
      for (let turns = 0; turns < 20; turns++) await this.store.head(ann.id);
      await turn();
    }
  }

  async notes(): Promise<readonly { readonly key: string; readonly body: string }[]> {
    return this.store.documents('effects', `p${this.partition}`, { direction: 'forward', limit: 10 });
  }
}

class Owner {
  readonly effects: Effects;
  readonly #world: World;
  readonly #store: SequencerStore;

  constructor(world: World, store: SequencerStore, key: string) {
    this.#world = world;
    this.#store = store;
    const broker = {
      ...createMemoryBroker({ partitions: 1 }).connect(),
      durable: true,
      publish: (_partition: number, payloads: readonly Uint8Array[]) => {
        if (world.isLogDown) return Promise.reject(new ParleyError('unavailable'));
        for (const entry of payloads.map(decodeLogEntry))
          if (entry.type === 'wish') world.published.push(entry.wish.stream);
        return Promise.resolve();
      },
    };
    this.effects = new Effects({
      followUps: new FollowUps('node', broker, store, world.clock),
      documents: store,
      clock: world.clock,
      log: silentLog,
      partition: world.partition,
      key,
      isAlone: false,
      safeguards: allSafeguards,
      onFound: (stream) => world.found.push(stream),
    });
  }

  append(stream: StreamId, ...wishes: readonly Wish[]): ReturnType<typeof appendBatch> {
    const requests = wishes.map((wish) => ({ wish, replyTo: undefined, mustNotBeLost: false }));
    const { clock } = this.#world;
    const context = { store: this.#store, clock, safeguards: allSafeguards, bounds: defaultSequencerBounds };
    return appendBatch({ ...context, effects: this.effects }, stream, undefined, requests);
  }

  /** Appends and carries out, as a partition does. */
  async handle(stream: StreamId, ...wishes: readonly Wish[]): Promise<void> {
    const appended = await this.append(stream, ...wishes);
    const nobody = (): void => undefined;
    await this.effects.carryOut(stream, appended, nobody, nobody);
  }
}

const sorted = (streams: Iterable<string>): string[] => [...streams].toSorted((a, b) => (a < b ? -1 : 1));

const group = (stream: StreamId): Wish =>
  wishOf(stream, ann, { type: 'create', kind: 'group', name: 'tea', members: [bob.id] });
const invitation = (stream: StreamId): Wish => wishOf(stream, ann, { type: 'invite', users: [cyd.id] });

describe('the effects of what is appended in a partition', () => {
  const store = withSqliteStore();

  it('are carried out by whoever stored the event, although the log took them only after the batch had failed', async () => {
    const world = new World(store());
    const owner = world.owner();
    const stream = newConversationId();
    world.isLogDown = true;
    await assert.rejects(owner.handle(stream, group(stream)), { code: 'unavailable' });
    await world.pass(owner, 2);
    world.isLogDown = false;
    await world.pass(owner, 2);
    assert.deepEqual(sorted(world.published), sorted([ann.id, bob.id]));
    await world.pass(owner, 20);
    assert.equal(world.published.length, 2, 'what the log has taken is owed no longer');
    await until('nothing is noted any more', async () => (await world.notes()).every(({ body }) => body === '{}'));
  });

  it('are carried out by the owner where another one stored what was refused here, and died of it', async () => {
    const world = new World(store());
    const [other, owner] = [world.owner(), world.owner(lagging(store()))];
    const stream = newConversationId();
    await other.handle(stream, group(stream));
    world.published.length = 0;
    await world.pass(owner);
    await other.append(stream, invitation(stream));
    await world.pass(owner);
    assert.ok(world.published.includes(cyd.id));
    assert.ok(world.found.includes(stream), 'and those who watch are told to look');
  });

  it('are carried out by an owner that comes when everybody who knew of them is dead', async () => {
    const world = new World(store());
    const stream = newConversationId();
    await world.owner().append(stream, group(stream));
    await world.pass(world.owner(), 1);
    assert.deepEqual(world.published, [], 'whoever is at work has time to end it');
    await world.pass(world.owner());
    assert.deepEqual(sorted(world.published), sorted([ann.id, bob.id]));
  });

  it('are carried out when an append comes long after it was noted: its owner stood still in between, and then died', async () => {
    const world = new World(store());
    const stream = newConversationId();
    const pause = Promise.withResolvers<void>();
    const other = world.owner({ ...store(), append: (append) => pause.promise.then(() => store().append(append)) });
    const appended = other.append(stream, group(stream));
    const owner = world.owner();
    await world.pass(owner, 10, 60_000);
    assert.deepEqual(world.published, []);
    pause.resolve();
    await appended;
    await world.pass(owner, 6, 60_000);
    assert.deepEqual(sorted(world.published), sorted([ann.id, bob.id]));
    await world.pass(owner, 70, 60_000);
    assert.equal(world.published.length, 2);
    await until('it is clear that nothing more comes', async () => (await world.notes()).length === 0);
  });

  it('are never lost, whichever call to the store its writer dies of, and whether it was carried out', async () => {
    let [storedIn, lostIn] = [0, 0];
    for (const isCarriedOut of [false, true]) {
      const life = { isOver: false };
      for (let lastCall = 1; !life.isOver; lastCall++) {
        const world = new World(store());
        const end = Promise.withResolvers<void>();
        let calls = 0;
        const mortal = async <Result>(call: () => Promise<Result>): Promise<Result> => {
          calls++;
          if (calls < lastCall) return call();
          if (calls === lastCall && isCarriedOut) await call();
          end.resolve();
          return new Promise<Result>(() => undefined);
        };
        const whole = store();
        const writer = world.owner({
          ...whole,
          load: (...of) => mortal(() => whole.load(...of)),
          append: (...of) => mortal(() => whole.append(...of)),
          putDocument: (...of) => mortal(() => whole.putDocument(...of)),
          putDirectoryEntry: (...of) => mortal(() => whole.putDirectoryEntry(...of)),
        });
        const stream = newConversationId();
        const handled = writer.handle(stream, group(stream)).then(() => {
          life.isOver = true;
        });
        await Promise.race([handled, end.promise]);
        await world.pass(world.owner());
        const isStored = (await whole.head(stream)) === 1;
        assert.deepEqual(
          sorted(new Set(world.published)),
          isStored ? sorted([ann.id, bob.id]) : [],
          `died of call ${lastCall}, ${isCarriedOut ? 'after' : 'before'} it was carried out`,
        );
        if (isStored) storedIn++;
        else lostIn++;
      }
    }
    assert.ok(storedIn >= 3 && lostIn >= 3, `${storedIn} with the event, ${lostIn} without`);
  });

  it('are noted once for all streams that come at once, and not again while the note stands', async () => {
    let writes = 0;
    const whole = store();
    const counting: SequencerStore = {
      ...whole,
      putDocument: (...of) => {
        writes++;
        return whole.putDocument(...of);
      },
    };
    const world = new World(counting);
    const owner = world.owner();
    const streams = Array.from({ length: 40 }, () => newConversationId());
    await Promise.all(streams.map((stream) => owner.effects.begin(stream, [eventOf(stream, 1)])));
    assert.ok(writes <= 2, `${writes} writes`);
    writes = 0;
    for (let seq = 2; seq <= 90; seq++) {
      for (const stream of streams.slice(0, 3)) await owner.effects.begin(stream, [eventOf(stream, seq)]);
    }
    assert.equal(writes, 0);
    for (let seq = 91; seq <= 180; seq++) await owner.effects.begin(streams[0] ?? ann.id, [eventOf(ann.id, seq)]);
    assert.equal(writes, 1);
  });

  it('are noted anew where somebody took this owner for gone, and its notes away', async () => {
    const world = new World(store());
    const owner = world.owner();
    const stream = newConversationId();
    await owner.handle(stream, group(stream));
    for (const { key } of await world.notes()) await store().deleteDocument('effects', `p${world.partition}`, key);
    const other = newConversationId();
    await owner.append(other, group(other));
    assert.match((await world.notes())[0]?.body ?? '', new RegExp(other));
  });

  it('leave no note behind where the partition is given away with nothing under way', async () => {
    const world = new World(store());
    const owner = world.owner();
    const stream = newConversationId();
    await owner.handle(stream, group(stream));
    assert.equal((await world.notes()).length, 1);
    await owner.effects.close();
    assert.deepEqual(await world.notes(), []);
    const busy = world.owner();
    await busy.append(stream, invitation(stream));
    await busy.effects.close();
    assert.equal((await world.notes()).length, 1, 'what is under way is the next owner’s');
  });
});

/** A store whose other tables lag behind its log, as far as they may: what follows from an append is found once the head was asked for. */
function lagging(store: SequencerStore): SequencerStore {
  const heads = new Map<StreamId, number>();
  return {
    ...store,
    async head(stream) {
      const head = await store.head(stream);
      heads.set(stream, head);
      return head;
    },
    read: (stream, from, to, limit) => store.read(stream, from, Math.min(to, heads.get(stream) ?? 0), limit),
  };
}

const eventOf = (stream: StreamId, seq: number): Parameters<Effects['begin']>[1][number] => ({
  type: 'posted',
  text: '@bob',
  mentions: [bob.id],
  seq,
  at: 0,
  actor: ann.id,
  cid: wishOf(stream, ann, { type: 'leave' }).cid,
});
