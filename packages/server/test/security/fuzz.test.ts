import assert from 'node:assert/strict';
import { env } from 'node:process';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newCid } from '@parley/protocol';
import { clientFrame, serverFrame } from '@parley/protocol/schemas';
import { parseFrame } from '../../src/gateway/frames.ts';
import { isTooDeep } from '../../src/nesting.ts';
import { type MemorySocket, Stand } from '../gateway/stand.ts';
import { Stand as NodeStand } from '../node/stand.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people } from '../stream/people.ts';
import { until } from '../until.ts';
import { frame, type Json, type Known } from './fuzz/grammar.ts';
import { mutated } from './fuzz/mutate.ts';
import { Chance } from './fuzz/random.ts';

/**
 * Another seed is other frames: `PARLEY_FUZZ_SEED=7 npm test -- fuzz`. A million of them take two minutes of a core: they are for CI
 * and for `PARLEY_TEST_LONG=1`; everywhere else a tenth has to do.
 */
const seed = Number(env['PARLEY_FUZZ_SEED'] ?? 1);
const frames = Number(env['PARLEY_FUZZ_FRAMES'] ?? (env['PARLEY_TEST_LONG'] === '1' ? 1_000_000 : 100_000));
/** Of so many one is held against the schema, which takes longer than all that the gateway does with it. */
const judgedOneIn = frames > 100_000 ? 10 : 1;
/** What may be under way at once; the rest waits, as it would in a socket. */
const burst = 500;
/** The second half was seen to add 1 MiB; what is kept of 50,000 frames would be ten times this. */
const maxGrowthBytes = 16 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const heapBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

const isAccepted = (text: string): boolean => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  return !isTooDeep(value) && clientFrame.safeParse(value).success;
};

describe(`a gateway under ${frames.toLocaleString('en')} mutated frames, seed ${seed}`, () => {
  const store = withSqliteStore();

  it('answers each by the protocol, goes on, and keeps nothing of them', async () => {
    await using stand = await Stand.open(store(), { rate: { perSecond: 1e9, burst: 1e9 } });
    const conversations = [await stand.conversation('group', 20), await stand.conversation('channel', 20)];
    const known: Known = { conversations, people: people.map(({ id }) => id) };
    const chance = new Chance(seed);
    const sockets: (MemorySocket | undefined)[] = people.map(() => undefined);
    const counts = { accepted: 0, refused: 0, closed: 0, answers: 0 };
    let halfway = 0;
    const look = (socket: MemorySocket): void => {
      for (const answer of socket.frames) {
        counts.answers++;
        if ('error' in answer) assert.notEqual(answer.error.code, 'internal', JSON.stringify(answer));
        if (counts.answers % 20 === 0) serverFrame.parse(answer);
      }
      socket.frames.length = 0;
    };
    for (let count = 1; count <= frames; count++) {
      const index = chance.below(people.length);
      let socket = sockets[index];
      if (socket === undefined || socket.closed !== undefined) {
        if (socket !== undefined) {
          counts.closed++;
          look(socket);
        }
        socket = stand.connect();
        // A socket in nine stays a stranger's.
        if (chance.is(8 / 9)) {
          socket.say({ t: 'hello', token: String(index) });
          while (socket.frames.length === 0) await turn();
        }
        sockets[index] = socket;
      }
      const text = mutated(frame(chance, known), chance);
      const isRight = parseFrame(text).ok;
      if (count % judgedOneIn === 0) assert.equal(isRight, isAccepted(text), `judged unlike the schema: ${text}`);
      counts[isRight ? 'accepted' : 'refused']++;
      try {
        socket.say(text);
      } catch (error) {
        throw new Error(`frame ${count} of seed ${seed} threw: ${text}`, { cause: error });
      }
      if (count % burst === 0) {
        await until('all is answered', () => stand.gateway.pendingRequests === 0);
        for (const each of sockets) if (each !== undefined) look(each);
        stand.clock.advance(1_000);
      }
      if (count === frames / 2) halfway = heapBytes();
    }
    const growth = heapBytes() - halfway;
    assert.ok(growth < maxGrowthBytes, `grew by ${Math.round(growth / 1024 / 1024)} MiB in the second half`);
    assert.ok(counts.accepted > frames / 50 && counts.refused > frames / 2, JSON.stringify(counts));
    const [ann] = people;
    const witness = await stand.signIn(ann);
    witness.say({ t: 'ping', id: 1 });
    await witness.next('pong');
    await stand.post(await stand.conversation('group', 1), 1);
  });

  it('answers mutated commands over REST with what the catalogue has, never with a failure of its own', async () => {
    await using stand = await NodeStand.open(['--rate-burst', '1000000', '--rate-per-second', '100000']);
    const ann = await stand.signUp('ann');
    const known: Known = { conversations: [await stand.group(ann)], people: [ann.id] };
    const chance = new Chance(seed);
    const commandOf = (value: Json): Json =>
      typeof value === 'object' && value !== null && 'command' in value
        ? { stream: value['stream'] ?? null, command: value['command'] ?? null }
        : value;
    for (let round = 0; round < 60; round++) {
      const answers = Array.from({ length: 50 }, async () => {
        const body = mutated(commandOf(frame(chance, known)), chance);
        const headers = { 'idempotency-key': newCid(), 'content-type': 'application/json' };
        const { status } = await stand.ask('POST', '/commands', { token: ann.token, headers, body });
        assert.ok(status < 500, `${status} for ${body}`);
      });
      await Promise.all(answers);
    }
    assert.equal((await stand.ask('GET', '/me', ann)).status, 200);
  });
});
