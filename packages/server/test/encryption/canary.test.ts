import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { engineStatuses } from '../../../../scripts/engines/status.ts';
import { openKeyring } from '../../src/encryption/keyring/registry.ts';
import { type EngineRoom, roomIn } from '../engine-rooms.ts';
import { engineForTest } from '../engines.ts';
import { Stand } from '../node/stand.ts';
import { until } from '../until.ts';
import { openCacheOf } from './cached.ts';
import { Recorder } from './recorder.ts';

/** What each stack is made of; nothing named: what is embedded. */
const stacks: readonly {
  readonly name: string;
  readonly engines: Readonly<Record<string, 'broker' | 'store' | 'cache'>>;
}[] = [
  { name: 'one process and SQLite', engines: {} },
  { name: 'Kafka, Cassandra and Redis', engines: { kafka: 'broker', cassandra: 'store', redis: 'cache' } },
  { name: 'RabbitMQ, MongoDB and Memcached', engines: { rabbitmq: 'broker', mongodb: 'store', memcached: 'cache' } },
];
/** Kafka tells its clients where it is, past anything put before it. What its wire carries is what its segments hold. */
const withoutWire: ReadonlySet<string> = new Set(['kafka']);
/** A cache holds presence, and no text at all. */
const textless: ReadonlySet<string> = new Set(['redis', 'memcached']);

/** Kafka's batches above 1 KiB would be compressed, in a way that leaves no text as it is. */
const options: Readonly<Record<string, string>> = { kafka: '?compression=none' };

/** Kafka's indexes are 10 MiB of nothing each, two a partition: offsets and times, no text. */
const excluded = ['--exclude=*.index', '--exclude=*.timeindex'];

/** The files below folders that hold a text. Compressed or not: a text nobody wrote before stands in a block as it is. */
async function filesWith(text: string, folders: readonly string[]): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    execFile(
      'grep',
      ['-r', '-l', '-a', '-F', ...excluded, '-e', text, ...folders],
      { maxBuffer: 16_777_216 },
      (error, stdout) => {
        // Engines delete files meanwhile, which grep reports with 2 and goes on.
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve(stdout.split('\n').filter((line) => line !== ''));
      },
    );
  });
}

/** Says the text in every way a person can, and reads it back as somebody else. */
async function sayEverywhere(stand: Stand, text: string): Promise<void> {
  const tag = text.slice(-8);
  const [ann, bob] = [await stand.signUp(`ann${tag}`), await stand.signUp(`bob${tag}`)];
  const stream = await stand.group(ann, [bob]);
  const watching = await stand.live(bob);
  watching.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] });
  await watching.next('watched');
  const told = async (command: object, who = ann, to: string = stream): Promise<number> => {
    const { status, body } = await stand.command(who, to, command);
    assert.equal(status, 200, JSON.stringify(body));
    return Number(body['seq']);
  };
  const seq = await told({ type: 'post', text: `${text} posted`, mentions: [bob.id] });
  await told({ type: 'edit', target: seq, text: `${text} edited` });
  await told({ type: 'post', text: `${text} answered, @all`, thread: seq }, bob);
  await told({ type: 'rename', name: `${text} name` });
  await told({ type: 'setTopic', topic: `${text} topic` });
  await told({ type: 'setPreference', key: 'draft', value: { text: `${text} draft` } }, ann, ann.id);
  const profile = await stand.ask('PATCH', '/me', { token: ann.token, body: { status: `${text} status` } });
  assert.equal(profile.body['status'], `${text} status`);
  await watching.next('events', ({ events }) => events.some((one) => one.type === 'topicSet'));

  const texts = await stand.texts(bob, stream);
  assert.deepEqual(texts, [`${text} edited`]);
  const list = await stand.ask('GET', '/conversations', { token: bob.token });
  const shown = JSON.stringify(list.body);
  for (const what of ['edited', 'name', 'topic']) assert.ok(shown.includes(`${text} ${what}`), what);
  const mine = await stand.ask('GET', '/streams/me/events', { token: ann.token });
  assert.ok(JSON.stringify(mine.body).includes(`${text} draft`));
  const people = await stand.ask('GET', `/users?ids=${ann.id}`, { token: bob.token });
  assert.ok(JSON.stringify(people.body).includes(`${text} status`));
}

for (const { name, engines } of stacks) {
  const needed = Object.keys(engines).map((engine) => ({ engine, ...engineForTest(engine) }));
  const skip = needed.map((one) => one.skip).find((reason) => reason !== false) ?? false;

  describe(`what was typed, on ${name}`, { skip }, () => {
    let folder = '';
    let keyring = '';
    let rooms: readonly EngineRoom[] = [];
    const recorders = new Map<string, Recorder>();
    let flags: readonly string[] = [];
    const room = `canary${randomBytes(5).toString('hex')}`;
    const folders = (): readonly string[] => [
      ...(needed.length === 0 ? [folder] : []),
      ...engineStatuses().flatMap((status) => (status.name in engines ? [status.folder] : [])),
    ];
    /** All that the stack's cache holds, with what is asked for by its own client. */
    const cached = async (put?: string): Promise<string> => {
      const cache = needed.find(({ engine }) => textless.has(engine));
      if (cache === undefined) return '';
      await using opened = await openCacheOf(cache.engine, cache.url);
      if (put !== undefined) await opened.put(`test:${room}`, put);
      return await opened.everything();
    };
    const open = (more: readonly string[] = []): Promise<Stand> => Stand.open([...flags, ...more]);

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'parley-canary-'));
      keyring = `file:${join(folder, 'keyring.json')}`;
      await openKeyring(keyring).init();
      const found: EngineRoom[] = [];
      for (const { engine, url } of needed) {
        let address = url;
        if (!withoutWire.has(engine)) {
          const { hostname, port } = new URL(url);
          const recorder = await Recorder.before(hostname, Number(port));
          recorders.set(engine, recorder);
          address = url.replace(`:${port}`, `:${recorder.port}`);
        }
        found.push({ ...roomIn(engine, address, room), erase: () => roomIn(engine, url, room).erase() });
      }
      rooms = found;
      const chosen = needed.flatMap(({ engine }, index) => [
        `--${engines[engine]}`,
        `${found[index]?.url ?? ''}${options[engine] ?? ''}`,
      ]);
      flags = chosen.includes('--store') ? chosen : [...chosen, '--store', `sqlite:${join(folder, 'parley.db')}`];
    });
    after(async () => {
      for (const recorder of recorders.values()) await recorder[Symbol.asyncDispose]();
      for (const one of rooms) await one.erase();
      await rm(folder, { recursive: true });
    });

    it('lies in the engines’ files and on the wire without a keyring: what looks for it finds it', async () => {
      const canary = `canary${randomBytes(12).toString('hex')}`;
      await using stand = await open();
      await sayEverywhere(stand, canary);
      for (const place of folders()) {
        if (textless.has(place.split('/').at(-1) ?? '')) continue;
        await until(`it is found in ${place}`, async () => (await filesWith(canary, [place])).length > 0);
      }
      for (const [engine, recorder] of recorders) assert.equal(recorder.saw(canary), !textless.has(engine), engine);
      assert.ok(!(await cached()).includes(canary));
      const another = `canary${randomBytes(12).toString('hex')}`;
      assert.equal((await cached(another)).includes(another), needed.length > 0, 'it would be found in the cache');
    });

    it('lies nowhere but with its readers once there is one, and what is from before stays readable', async () => {
      const canary = `canary${randomBytes(12).toString('hex')}`;
      {
        await using stand = await open(['--keyring', keyring]);
        await sayEverywhere(stand, canary);
        assert.deepEqual(await filesWith(canary, folders()), []);
        assert.ok(!(await cached()).includes(canary), 'in the cache');
      }
      // Once more after the end: what was only in memory has been written by now.
      assert.deepEqual(await filesWith(canary, folders()), []);
      for (const [engine, recorder] of recorders) {
        assert.ok(recorder.bytes > 0, `nothing went to ${engine}`);
        assert.equal(recorder.saw(canary), false, engine);
      }
    });
  });
}
