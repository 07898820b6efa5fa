import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type ConversationId,
  frameNeeds,
  isInScope,
  needOfRequest,
  newCid,
  newConversationId,
  type Scope,
  scopes,
} from '@parley/protocol';
import { routes } from '../../../../scripts/docs/routes.ts';
import { type SignedUp, Stand } from '../node/stand.ts';

const password = 'a fine pass phrase';

describe('a service token', () => {
  let stand: Stand;
  /** The owner of the server: no scope is beyond her rank. */
  let ann: SignedUp;
  let tea: ConversationId;
  before(async () => {
    stand = await Stand.open(['--rate-burst', '1000000', '--rate-per-second', '100000']);
    ann = await stand.signUp('ann');
    tea = await stand.group(ann);
  });
  after(() => stand[Symbol.asyncDispose]());

  const make = async (wanted: readonly Scope[], more: object = {}): Promise<{ id: string; token: string }> => {
    const body = { name: 'robot', scopes: wanted, password, ...more };
    const made = await stand.ask('POST', '/tokens', { token: ann.token, body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return { id: String(made.body['id']), token: String(made.body['token']) };
  };
  const isRefused = ({ status, error }: Awaited<ReturnType<Stand['ask']>>): boolean =>
    status === 403 && /service token|lacks the scope/.test(error?.message ?? '');

  it('does on every REST call what the table lets its scopes do, and nothing else', async () => {
    for (const wanted of [...scopes.map((scope) => [scope]), [...scopes]]) {
      const { token } = await make(wanted);
      for (const { method, path, isOpen } of routes) {
        if (isOpen === true) continue;
        const at = path.replace(/:(\w+)/g, 'none');
        const answer = await stand.ask(method, at, { token, headers: { 'idempotency-key': newCid() } });
        const may = isInScope(wanted, needOfRequest(method, path));
        assert.equal(isRefused(answer), !may, `${method} ${path} with ${wanted.join(' and ')}: ${answer.status}`);
      }
    }
  });

  it('does by every frame what the table lets its scopes do, and nothing else', async () => {
    const frames = {
      watch: { t: 'watch', id: 7, streams: [{ stream: tea, level: 'full' }] },
      faces: { t: 'faces', users: [ann.id] },
      signal: { t: 'signal', stream: tea, signal: { type: 'typing', on: true } },
      unwatch: { t: 'unwatch', streams: [tea] },
    } as const;
    for (const scope of scopes) {
      const client = await stand.live({ ...ann, token: (await make([scope])).token });
      for (const [name, frame] of Object.entries(frames)) {
        client.frames.length = 0;
        client.send(frame);
        client.send({ t: 'ping', id: 1 });
        await client.next('pong');
        const refused = client.frames.some(({ t }) => t === 'error');
        assert.equal(refused, !isInScope([scope], frameNeeds[frame.t]), `${name} with ${scope}`);
      }
      const cid = newCid();
      client.send({ t: 'send', stream: tea, cid, command: { type: 'post', text: scope } });
      const answer = await Promise.race([client.next('ack'), client.next('nack')]);
      assert.equal(answer.t, scope === 'write' ? 'ack' : 'nack', scope);
      client.close();
    }
    assert.deepEqual(await stand.texts(ann, tea), ['write'], 'what was refused is stored nowhere');
  });

  it('without the scope admin has an ordinary member’s rank, also in channels, whoever its owner is', async () => {
    const bob = await stand.signUp('bob');
    const theirs = await stand.group(bob);
    const channel = newConversationId();
    await stand.command(bob, channel, { type: 'create', kind: 'channel', name: 'tea', members: [] });
    const { token } = await make(['read', 'write']);
    const rename = { type: 'rename', name: 'mine' };
    assert.equal((await stand.command({ ...ann, token }, channel, rename)).error?.code, 'forbidden');
    assert.equal((await stand.command(ann, channel, rename)).status, 200, 'she herself may');
    assert.equal((await stand.ask('GET', `/conversations/${theirs}`, { token })).status, 404);
  });

  it('is made only by who knows the password, for what they may do themselves, and is told once', async () => {
    const cyd = await stand.signUp('cyd');
    const wish = { name: 'robot', scopes: ['read'] };
    const ask = (body: object) => stand.ask('POST', '/tokens', { token: cyd.token, body });
    assert.equal((await ask(wish)).error?.code, 'wrong-credentials');
    assert.equal((await ask({ ...wish, password: 'a wrong phrase' })).error?.code, 'wrong-credentials');
    assert.equal((await ask({ ...wish, password, scopes: ['admin'] })).error?.code, 'forbidden');
    const made = await ask({ ...wish, password });
    const { body } = await stand.ask('GET', '/tokens', cyd);
    assert.equal(JSON.stringify(body).includes(String(made.body['token'])), false);
    assert.deepEqual(
      (body['tokens'] as { name: string }[]).map(({ name }) => name),
      ['robot'],
    );
    assert.equal(((await stand.ask('GET', '/sessions', cyd)).body['sessions'] as unknown[]).length, 1, 'is no device');
  });

  it('of an administrator’s making stands for a member or guest, never for somebody as mighty', async () => {
    const dee = await stand.signUp('dee');
    const accounts = [{ name: 'adm', serverRole: 'admin' }];
    await stand.ask('POST', '/admin/accounts', { token: ann.token, body: { accounts, tokens: true } });
    const ask = (user: string) =>
      stand.ask('POST', '/admin/tokens', { token: ann.token, body: { user, name: 'x', scopes: ['read'], password } });
    const made = await ask(dee.id);
    const me = await stand.ask('GET', '/me', { token: String(made.body['token']) });
    assert.equal(me.body['id'], dee.id);
    assert.equal((await ask(ann.id)).error?.code, 'forbidden');
    const { body } = await stand.ask('GET', '/tokens', dee);
    assert.equal((body['tokens'] as { createdBy: string }[])[0]?.createdBy, ann.id, 'its owner sees it, and by whom');
  });

  it('that is ended is refused at once and its sockets close; signing out everywhere lets it live', async () => {
    const eve = await stand.signUp('eve');
    const body = { name: 'robot', scopes: ['read'], password };
    const made = await stand.ask('POST', '/tokens', { token: eve.token, body });
    const token = String(made.body['token']);
    const laptop = await stand.ask('POST', '/sessions', { body: { name: 'eve', password } });
    await stand.ask('DELETE', '/sessions', eve);
    assert.equal((await stand.ask('GET', '/me', eve)).status, 401);
    assert.equal((await stand.ask('GET', '/me', { token })).status, 200);
    assert.equal((await stand.ask('GET', '/me', { token: String(laptop.body['token']) })).status, 401);
    const again = await stand.ask('POST', '/sessions', { body: { name: 'eve', password } });
    const client = await stand.live({ ...eve, token });
    const id = String(made.body['id']);
    assert.equal((await stand.ask('DELETE', `/tokens/${id}`, { token: String(again.body['token']) })).status, 204);
    assert.equal(await client.closed(), 1008);
    assert.equal((await stand.ask('GET', '/me', { token })).status, 401);
  });
});
