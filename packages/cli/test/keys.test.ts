import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationId } from '@parley/protocol';
import { Stand } from '../../server/test/node/stand.ts';
import { until } from '../../server/test/until.ts';
import { parley } from './support/processes.ts';

interface Shown {
  readonly text: string;
  readonly unreadable?: string;
}

async function messagesOf(stand: Stand, token: string, stream: ConversationId): Promise<readonly Shown[]> {
  const { status, body, error } = await stand.ask('GET', `/conversations/${stream}/messages?limit=200`, { token });
  assert.equal(status, 200, JSON.stringify(error));
  return body['messages'] as readonly Shown[];
}

/** The details of the entries of one act in the audit log. */
async function noted(stand: Stand, token: string, act: string): Promise<readonly unknown[]> {
  const { body } = await stand.ask('GET', '/admin/audit?limit=1000', { token });
  const entries = body['entries'] as { act: string; conversation?: string; detail?: object }[];
  return entries
    .filter((entry) => entry.act === act)
    .map(({ detail, conversation }) => ({ ...detail, ...(conversation && { conversation }) }));
}

describe('parley keys, beside a server that runs', () => {
  let folder = '';
  let keyring = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-keys-'));
    keyring = `file:${join(folder, 'keyring.json')}`;
    assert.equal((await parley(['keys', 'init', '--keyring', keyring])).code, 0);
  });
  after(() => rm(folder, { recursive: true }));

  const keys = async (stand: Stand, ...words: string[]): Promise<string> => {
    const { code, out, err } = await parley(['keys', ...words, '--keyring', keyring, '--data', stand.folder]);
    assert.equal(code, 0, err);
    return out;
  };

  it('init makes a file that only its owner reads, and never writes over one', async () => {
    const path = keyring.slice('file:'.length);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const before = await readFile(path, 'utf8');
    const again = await parley(['keys', 'init', '--keyring', keyring]);
    assert.equal(again.code, 1);
    assert.match(again.err, /exists already/);
    assert.equal(await readFile(path, 'utf8'), before);
  });

  it('rotate loses nothing that is said meanwhile', async () => {
    await using stand = await Stand.open([
      '--keyring',
      keyring,
      '--rate-burst',
      '100000',
      '--rate-per-second',
      '100000',
    ]);
    const ann = await stand.signUp('ann');
    const stream = await stand.group(ann);
    const rotation = { isOver: false };
    const said: string[] = [];
    const speak = async (who: number): Promise<void> => {
      for (let count = 0; !rotation.isOver || count < 20; count++) {
        const text = `${who} says ${count}`;
        // Streams of their own need new keys in the middle of it.
        const own = count % 5 === 0 ? await stand.group(ann) : stream;
        const { status } = await stand.command(ann, own, { type: 'post', text });
        assert.equal(status, 200);
        if (own === stream) said.push(text);
        else
          assert.deepEqual(
            (await messagesOf(stand, ann.token, own)).map((one) => one.text),
            [text],
          );
      }
    };
    const speaking = [1, 2, 3].map(speak);
    assert.match(await keys(stand, 'rotate', '--destroy-old', '--wait', '1000'), /Master keys before 2 are destroyed/);
    rotation.isOver = true;
    await Promise.all(speaking);
    const listed = await keys(stand, 'list');
    assert.match(listed, /current is 2; it has 2\./);
    assert.deepEqual(await noted(stand, ann.token, 'key.rotated'), [{ current: 2, by: 'operator' }]);
    assert.doesNotMatch(listed, /under master key 1/);
    const { body } = await stand.ask('GET', `/conversations/${stream}/events?limit=1000`, { token: ann.token });
    const texts = (body['events'] as { type: string; text?: string }[]).flatMap(({ text }) => text ?? []);
    assert.deepEqual(texts.toSorted(), said.toSorted());
  });

  it('erase makes a conversation unreadable in the server that runs, in its copies, and nowhere else', async () => {
    await using stand = await Stand.open(['--keyring', keyring]);
    const ann = await stand.signUp('ann');
    const [secret, other] = [await stand.group(ann), await stand.group(ann)];
    await stand.command(ann, secret, { type: 'setTopic', topic: 'where it is buried' });
    for (const stream of [secret, other]) await stand.command(ann, stream, { type: 'post', text: `said in ${stream}` });
    const socket = await stand.live(ann);
    socket.send({ t: 'watch', id: 1, streams: [{ stream: secret, level: 'full', after: 0 }] });
    await socket.next('events');

    // A copy of everything, and of the keys, from before.
    const copy = join(folder, 'copy');
    await stand.copyTo(copy);
    await keys(stand, 'backup', join(folder, 'keys-before'));

    assert.match(await keys(stand, 'erase', secret, '--wait', '500'), /1 of 1 keys erased[^]*before 3 are destroyed/);
    assert.deepEqual(await noted(stand, ann.token, 'key.erased'), [{ count: 1, by: 'operator', conversation: secret }]);
    await until('the words are gone', async () => {
      const [shown] = await messagesOf(stand, ann.token, secret);
      return shown?.unreadable === 'erased' && shown.text === '';
    });
    assert.equal((await socket.next('reset')).stream, secret, 'who looks at it is told to look again');
    const conversation = await stand.ask('GET', `/conversations/${secret}`, { token: ann.token });
    assert.deepEqual([conversation.body['name'], conversation.body['topic']], ['', '']);
    const events = await stand.ask('GET', `/conversations/${secret}/events`, { token: ann.token });
    assert.doesNotMatch(JSON.stringify(events.body), /said in|buried|tea/);
    assert.deepEqual(
      (await messagesOf(stand, ann.token, other)).map(({ text }) => text),
      [`said in ${other}`],
    );
    await stand.command(ann, secret, { type: 'post', text: 'said later' });
    assert.equal((await messagesOf(stand, ann.token, secret)).at(-1)?.text, 'said later');
    await keys(stand, 'backup', join(folder, 'keys-after'));

    // The copy: no server starts on it with the keyring as it is, nor with the keys from before.
    const start = () => Stand.open(['--keyring', keyring, '--data', copy]);
    const restore = (file: string) =>
      parley(['keys', 'restore', join(folder, file), '--keyring', keyring, '--data', copy]);
    await assert.rejects(start, /has no key 2, under which a data key is wrapped/);
    assert.equal((await restore('keys-before')).code, 0);
    await assert.rejects(start, /has no key 2/);
    // With those from after it does, and what was erased is erased there too.
    const { out } = await restore('keys-after');
    assert.match(out, /keys restored, 1 erased again/);
    await using restored = await start();
    const token = (await restored.ask('POST', '/sessions', { body: { name: 'ann', password: 'a fine pass phrase' } }))
      .body['token'];
    assert.deepEqual(
      (await messagesOf(restored, String(token), other)).map(({ text }) => text),
      [`said in ${other}`],
    );
    assert.deepEqual(
      (await messagesOf(restored, String(token), secret)).map(({ unreadable }) => unreadable),
      ['erased'],
    );
  });

  it('says of what was never encrypted that it cannot be erased', async () => {
    await using stand = await Stand.open(['--keyring', keyring]);
    const never = `c_${'0'.repeat(26)}`;
    assert.match(await keys(stand, 'erase', never, '--keep-master'), /has no keys: nothing of it is encrypted/);
    const { code, err } = await parley(['keys', 'erase', 'tea', '--keyring', keyring, '--data', stand.folder]);
    assert.equal(code, 1);
    assert.match(err, /erase takes ids such as c_/);
  });

  it('prepare adds a key for machines that have a copy of the keyring, which the next rotate takes', async () => {
    await using stand = await Stand.open(['--keyring', keyring]);
    const current = Number(/current is (\d+)/.exec(await keys(stand, 'list'))?.[1]);
    await keys(stand, 'rotate', '--prepare');
    assert.match(await keys(stand, 'list'), new RegExp(`current is ${current}; it has ${current}, ${current + 1}\\.`));
    assert.match(await keys(stand, 'rotate'), new RegExp(`Master key ${current + 1} is current`));
  });
});
