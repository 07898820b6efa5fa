import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ConversationId, newCid, newConversationId, newUserId } from '@parley/protocol';
import { routes } from '../../../../scripts/docs/routes.ts';
import { type Answer, type SignedUp, Stand } from '../node/stand.ts';

/** All a stranger can see of an answer. */
const seen = ({ status, body, headers }: Answer): unknown => ({
  status,
  body,
  headers: [...headers.keys()].filter((name) => name !== 'date').toSorted(),
});

describe('who guesses ids', () => {
  let stand: Stand;
  let ann: SignedUp;
  let mallory: SignedUp;
  let secret: ConversationId;
  let invitation = '';
  let session = '';
  let program = '';
  before(async () => {
    stand = await Stand.open(['--rate-burst', '100000']);
    ann = await stand.signUp('ann');
    mallory = await stand.signUp('mallory');
    secret = await stand.group(ann);
    await stand.command(ann, secret, { type: 'post', text: 'for nobody else' });
    invitation = String((await stand.ask('POST', '/invites', { token: ann.token, body: {} })).body['code']);
    const { body } = await stand.ask('GET', '/sessions', ann);
    const wish = { name: 'robot', scopes: ['read'], password: 'a fine pass phrase' };
    program = String((await stand.ask('POST', '/tokens', { token: ann.token, body: wish })).body['id']);
    session = (body['sessions'] as { id: string }[])[0]?.id ?? '';
  });
  after(() => stand[Symbol.asyncDispose]());

  it('gets one answer for what is not there and what is not theirs, on every route that takes an id', async () => {
    const taking = routes.filter(({ path, isOpen }) => /:(id|code)/.test(path) && isOpen !== true);
    assert.ok(taking.length >= 10);
    for (const { method, path } of taking) {
      const [theirs, nothing] = path.startsWith('/conversations')
        ? [secret, newConversationId()]
        : path.startsWith('/sessions')
          ? [session, 'AAAAAAAAAAAAAAAA']
          : path.startsWith('/tokens')
            ? [program, 'AAAAAAAAAAAAAAAA']
            : [invitation, 'AAAAAAAAAAAAAAAAAAAA'];
      const at = (id: string): string => path.replace(/:id|:code/, id).replace(/:seq|:root/, '2');
      const answers = [];
      const body = method === 'PATCH' ? { body: { name: 'mine' } } : {};
      for (const id of [theirs, nothing])
        answers.push(await stand.ask(method, at(id), { token: mallory.token, ...body }));
      const [forbidden, missing] = answers;
      assert.ok(forbidden !== undefined && missing !== undefined);
      assert.deepEqual(seen(forbidden), seen(missing), `${method} ${path}`);
      assert.deepEqual([forbidden.status, forbidden.error?.code], [404, 'not-found'], `${method} ${path}`);
    }
    const { body } = await stand.ask('GET', '/invites', ann);
    assert.equal((body['invites'] as unknown[]).length, 1, 'nothing was deleted');
  });

  it('gets one answer for every command too', async () => {
    const commands = [
      { type: 'post', text: 'x' },
      { type: 'post', text: 'x', thread: 2 },
      { type: 'edit', target: 2, text: 'x' },
      { type: 'delete', target: 2 },
      { type: 'react', target: 2, emoji: '👍', on: true },
      { type: 'pin', target: 2, on: true },
      { type: 'rename', name: 'x' },
      { type: 'setTopic', topic: 'x' },
      { type: 'archive', on: true },
      { type: 'invite', users: [mallory.id] },
      { type: 'join' },
      { type: 'leave' },
      { type: 'remove', user: ann.id },
      { type: 'setRole', user: mallory.id, role: 'owner' },
      { type: 'hide', target: 2, on: true },
      { type: 'silence', user: ann.id, forMs: 60_000 },
      { type: 'ban', user: ann.id, on: true },
      { type: 'setRules', readOnly: true },
      { type: 'admit', user: mallory.id, on: true },
    ];
    for (const command of commands) {
      const cid = newCid();
      const forbidden = await stand.command(mallory, secret, command, cid);
      const missing = await stand.command(mallory, newConversationId(), command, cid);
      assert.deepEqual(seen(forbidden), seen(missing), command.type);
      assert.equal(forbidden.error?.code, 'not-found', command.type);
    }
    assert.deepEqual(await stand.texts(ann, secret), ['for nobody else']);
  });

  it('learns nothing from markers, threads and mentions set for conversations of others', async () => {
    for (const conversation of [secret, newConversationId()]) {
      const marked = await stand.command(mallory, mallory.id, { type: 'markRead', conversation, seq: 1 });
      assert.equal(marked.status, 200);
      const muted = await stand.command(mallory, mallory.id, { type: 'mute', conversation, on: true });
      assert.equal(muted.error?.code, 'not-found');
    }
    for (const path of ['/conversations', '/threads', '/mentions', '/channels'])
      assert.ok(!JSON.stringify((await stand.ask('GET', path, mallory)).body).includes(secret), path);
  });

  it('learns of no person by presence or profile who does not exist, and nothing private of those who do', async () => {
    const nobody = newUserId();
    const { body } = await stand.ask('GET', `/users?ids=${ann.id},${nobody}`, mallory);
    const people = body['people'] as Record<string, unknown>[];
    assert.equal(people.length, 1);
    assert.deepEqual(Object.keys(people[0] ?? {}).toSorted(), [
      'color',
      'displayName',
      'id',
      'name',
      'serverRole',
      'status',
    ]);
  });
});
