import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { newCid, newConversationId } from '@parley/protocol';
import { loadConfig, type Node, startNode } from '../src/index.ts';
import { RawClient } from './node/raw-client.ts';

describe('a node on the embedded engines', () => {
  let folder = '';
  let node: Node;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-'));
    const flags = [
      '--port',
      '0',
      '--data',
      folder,
      '--registration',
      'open',
      '--log-level',
      'silent',
      '--host',
      '127.0.0.1',
    ];
    node = await startNode(loadConfig(flags, {}, () => '{}'));
  });
  after(async () => {
    await node.stop();
    await rm(folder, { recursive: true });
  });

  const post = async (path: string, body: unknown, token?: string) => {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(`${node.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const get = async (path: string, token: string) => {
    const response = await fetch(`${node.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };
  const person = async (name: string) => {
    const { body, status } = await post('/accounts', { name, password: 'a fine pass phrase' });
    assert.equal(status, 201, JSON.stringify(body));
    return { token: String(body['token']), id: (body['user'] as unknown as { id: string }).id };
  };
  const live = async (token: string): Promise<RawClient> => {
    const client = await new RawClient(node.url).opened();
    client.send({ t: 'hello', token });
    await client.next('welcome');
    return client;
  };

  it('carries a message from one browser to another, once, and answers a resend with the first acknowledgement', async () => {
    const ann = await person('ann');
    const bob = await person('bob');
    const [a, b] = [await live(ann.token), await live(bob.token)];
    const stream = newConversationId();
    a.send({
      t: 'send',
      stream,
      cid: newCid(),
      command: { type: 'create', kind: 'group', name: 'tea', members: [bob.id] },
    });
    assert.equal((await a.next('ack')).seq, 1);
    b.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] });
    const watched = await b.next('watched');
    assert.equal(watched.streams[0]?.error, undefined);
    const cid = newCid();
    for (let time = 0; time < 2; time++)
      a.send({ t: 'send', stream, cid, command: { type: 'post', text: 'Kettle is on ☕' } });
    await a.next('ack', (frame) => frame.cid === cid);
    await b.next('events', ({ events }) => events.some((event) => event.type === 'posted' && event.cid === cid));
    const acks = a.frames.filter((frame) => frame.t === 'ack' && frame.cid === cid);
    for (const ack of acks) assert.equal(ack.t === 'ack' && ack.seq, 2);
    const { body } = await get(`/conversations/${stream}/messages`, bob.token);
    assert.equal((body['messages'] as unknown as unknown[]).length, 1);
    const list = await get('/conversations', bob.token);
    const [entry] = list.body['conversations'] as unknown as { unread: number; lastMessage: { text: string } }[];
    assert.equal(entry?.unread, 1);
    assert.equal(entry.lastMessage.text, 'Kettle is on ☕');
    a.close();
    b.close();
  });

  it('shows a stranger nothing of a private conversation', async () => {
    const owner = await person('carol');
    const stranger = await person('mallory');
    const stream = newConversationId();
    const key = {
      'idempotency-key': newCid(),
      authorization: `Bearer ${owner.token}`,
      'content-type': 'application/json',
    };
    const made = await fetch(`${node.url}/api/v1/commands`, {
      method: 'POST',
      headers: key,
      body: JSON.stringify({ stream, command: { type: 'create', kind: 'group', name: 'secret', members: [] } }),
    });
    assert.equal(made.status, 200);
    assert.equal((await get(`/conversations/${stream}`, stranger.token)).status, 404);
    assert.equal((await get(`/conversations/${newConversationId()}`, stranger.token)).status, 404);
    const client = await live(stranger.token);
    client.send({ t: 'watch', id: 7, streams: [{ stream, level: 'full', after: 0 }] });
    assert.equal((await client.next('watched')).streams[0]?.error?.code, 'not-found');
    client.send({ t: 'send', stream, cid: newCid(), command: { type: 'post', text: 'let me in' } });
    assert.equal((await client.next('nack')).error.code, 'not-found');
    client.close();
  });

  it('answers a malformed frame with the field at fault, and closes on repeated abuse', async () => {
    const dave = await person('dave');
    const client = await live(dave.token);
    client.send({ t: 'send', stream: 'nonsense', cid: newCid(), command: { type: 'post', text: 'x' } });
    const { error } = await client.next('error');
    assert.equal(error.code, 'bad-frame');
    assert.equal(error.field, 'stream');
    for (let time = 0; time < 10; time++) client.send('{"t":');
    assert.equal(await client.closed(), 1008);
  });

  it('closes an oversized frame with 1009 and a wrong token with 1008', async () => {
    const eve = await person('eve1');
    const client = await live(eve.token);
    client.send('x'.repeat(70_000));
    assert.equal(await client.closed(), 1009);
    const stranger = await new RawClient(node.url).opened();
    stranger.send({ t: 'hello', token: 'pt_wrong' });
    assert.equal(await stranger.closed(), 1008);
  });

  it('closes the sockets of a session that signs out', async () => {
    const fay = await person('fay');
    const client = await live(fay.token);
    await fetch(`${node.url}/api/v1/sessions/current`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${fay.token}` },
    });
    assert.equal(await client.closed(), 1008);
    assert.equal((await get('/me', fay.token)).status, 401);
  });
});
