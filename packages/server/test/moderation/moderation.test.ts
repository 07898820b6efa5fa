import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AuditEntry, ConversationEvent, Message, Report } from '@parley/protocol';
import { faultsOf } from '../../src/audit/index.ts';
import { type SignedUp, Stand } from '../node/stand.ts';
import { until } from '../until.ts';

describe('keeping order', () => {
  let stand: Stand;
  let root: SignedUp;
  let ann: SignedUp;
  let bob: SignedUp;
  let cyd: SignedUp;
  before(async () => {
    stand = await Stand.open();
    root = await stand.signUp('root');
    [ann, bob, cyd] = await Promise.all([stand.signUp('ann'), stand.signUp('bob'), stand.signUp('cyd')]);
  });
  after(() => stand[Symbol.asyncDispose]());

  const say = async (who: SignedUp, stream: string, text: string): Promise<number> => {
    const { body, error } = await stand.command(who, stream, { type: 'post', text });
    assert.equal(error, undefined);
    return Number(body['seq']);
  };
  const messageAt = async (who: SignedUp, stream: string, seq: number): Promise<Message> =>
    (await stand.ask('GET', `/conversations/${stream}/messages/${seq}`, who)).body as unknown as Message;
  const acts = async (): Promise<AuditEntry[]> => {
    const { body } = await stand.ask('GET', '/admin/audit?limit=1000', root);
    return body['entries'] as AuditEntry[];
  };
  const isNoted = (what: string, fits: (entry: AuditEntry) => boolean): Promise<void> =>
    until(`the audit log tells of ${what}`, async () => (await acts()).some(fits));

  it('a hidden message is a placeholder in every list and for whoever comes later; moderators look, which is noted, and bring it back', async () => {
    const room = await stand.group(ann, [bob]);
    const seq = await say(bob, room, 'a rude word about @ann');
    const answer = await stand.command(bob, room, { type: 'post', text: 'and another', replyTo: seq });
    await stand.command(ann, room, { type: 'pin', target: seq, on: true });
    await stand.command(ann, room, { type: 'hide', target: seq, on: true });
    const paths = [
      `/conversations/${room}/messages`,
      `/conversations/${room}/messages?after=${seq}`,
      `/conversations/${room}/messages/${seq}`,
      `/conversations/${room}/threads/${seq}`,
      `/conversations/${room}/events`,
      `/conversations/${room}/pins`,
      '/conversations',
    ];
    for (const who of [ann, bob])
      for (const path of paths)
        assert.doesNotMatch(JSON.stringify((await stand.ask('GET', path, who)).body), /rude/, path);
    const late = await stand.live(bob);
    late.send({ t: 'watch', id: 1, streams: [{ stream: room, level: 'full', after: 0 }] });
    const { events } = await late.next('events', (frame) => frame.events.some((event) => event.type === 'hidden'));
    assert.doesNotMatch(JSON.stringify(events), /rude/);
    assert.deepEqual((await messageAt(bob, room, seq)).hidden, true);

    const looked = await stand.ask('GET', `/conversations/${room}/hidden/${seq}`, ann);
    assert.equal(looked.body['text'], 'a rude word about @ann');
    assert.equal((await stand.ask('GET', `/conversations/${room}/hidden/${seq}`, bob)).error?.code, 'forbidden');
    assert.equal((await stand.ask('GET', `/conversations/${room}/hidden/${seq}`, cyd)).error?.code, 'not-found');
    await isNoted(
      'the look',
      ({ act, actor, detail }) => act === 'message.looked' && actor === ann.id && detail?.['seq'] === seq,
    );

    await stand.command(ann, room, { type: 'hide', target: seq, on: false });
    assert.equal((await messageAt(bob, room, seq)).text, 'a rude word about @ann');
    assert.equal(answer.status, 200);
  });

  it('a member who is silenced, slowed or in a room that is only read is told so, with how long', async () => {
    const room = await stand.group(ann, [bob]);
    await stand.command(ann, room, { type: 'silence', user: bob.id, forMs: 60_000 });
    const silenced = (await stand.command(bob, room, { type: 'post', text: 'but' })).error;
    assert.equal(silenced?.code, 'silenced');
    assert.ok((silenced?.retryAfterMs ?? 0) > 1_000);
    const { body: seen } = await stand.ask('GET', `/conversations/${room}`, bob);
    assert.ok(Number(seen['silencedUntil']) > Date.now());
    await stand.command(ann, room, { type: 'silence', user: bob.id, forMs: 0 });
    await stand.command(ann, room, { type: 'setRules', slowModeMs: 60_000 });
    await say(bob, room, 'one');
    assert.equal((await stand.command(bob, room, { type: 'post', text: 'two' })).error?.code, 'slow-mode');
    await say(ann, room, 'moderators go on');
    await say(ann, room, 'and on');
    await stand.command(ann, room, { type: 'setRules', slowModeMs: 0, readOnly: true });
    assert.equal((await stand.command(bob, room, { type: 'post', text: 'three' })).error?.code, 'read-only');
    await isNoted(
      'the silence',
      ({ act, target, address }) => act === 'conversation.silenced' && target === bob.id && address === '127.0.0.1',
    );
  });

  it('whoever is banned from a channel sees nothing of it from then on, live or later, until the ban is lifted', async () => {
    const { newConversationId } = await import('@parley/protocol');
    const channel = newConversationId();
    await stand.command(ann, channel, { type: 'create', kind: 'channel', name: 'square', members: [bob.id] });
    const watching = await stand.live(bob);
    watching.send({ t: 'watch', id: 1, streams: [{ stream: channel, level: 'full' }] });
    await watching.next('watched');
    await stand.command(ann, channel, { type: 'ban', user: bob.id, on: true });
    await watching.next('ended', ({ stream }) => stream === channel);
    await say(ann, channel, 'without him');
    assert.equal((await stand.ask('GET', `/conversations/${channel}/messages`, bob)).error?.code, 'not-found');
    assert.equal((await stand.command(bob, channel, { type: 'join' })).error?.code, 'not-found');
    assert.equal((await stand.command(ann, channel, { type: 'invite', users: [bob.id] })).error?.code, 'banned');
    const { body } = await stand.ask('GET', `/conversations/${channel}/moderation`, ann);
    assert.deepEqual(body['banned'], [bob.id]);
    assert.doesNotMatch(JSON.stringify(watching.frames), /without him/);
    await stand.command(ann, channel, { type: 'ban', user: bob.id, on: false });
    assert.equal((await stand.command(bob, channel, { type: 'join' })).status, 200);
  });

  it('where moderators let people in, joining waits for them, and the list of conversations with it', async () => {
    const { newConversationId } = await import('@parley/protocol');
    const channel = newConversationId();
    await stand.command(ann, channel, { type: 'create', kind: 'channel', name: 'club', members: [] });
    await stand.command(ann, channel, { type: 'setRules', approval: true });
    await stand.command(bob, channel, { type: 'join' });
    await stand.command(cyd, channel, { type: 'join' });
    assert.equal((await stand.command(bob, channel, { type: 'post', text: 'hello?' })).error?.code, 'forbidden');
    const { body } = await stand.ask('GET', `/conversations/${channel}/moderation`, ann);
    assert.deepEqual(
      (body['requests'] as { user: string }[]).map(({ user }) => user),
      [bob.id, cyd.id],
    );
    await stand.command(ann, channel, { type: 'admit', user: bob.id, on: true });
    await stand.command(ann, channel, { type: 'admit', user: cyd.id, on: false });
    await say(bob, channel, 'thank you');
    const has = async (who: SignedUp): Promise<boolean> =>
      JSON.stringify((await stand.ask('GET', '/conversations', who)).body).includes(channel);
    await until('bob has it in his list', () => has(bob));
    assert.equal(await has(cyd), false);
    const { body: log } = await stand.ask('GET', `/conversations/${channel}/events`, ann);
    const told = (log['events'] as ConversationEvent[]).map(({ type }) => type);
    assert.deepEqual(told.slice(1), [
      'rulesSet',
      'joinRequested',
      'joinRequested',
      'membersAdded',
      'joinDeclined',
      'posted',
    ]);
  });

  it('a word that is not wanted is refused before it is published, here or everywhere, in messages, edits and names', async () => {
    const [room, other] = await Promise.all([stand.group(ann, [bob]), stand.group(ann, [bob])]);
    const set = await stand.ask('POST', `/conversations/${room}/words`, {
      token: ann.token,
      body: { words: ['poker'] },
    });
    assert.equal(set.status, 204);
    const live = await stand.live(bob);
    live.send({ t: 'send', stream: room, cid: 'by-the-socket-1', command: { type: 'post', text: 'some POKER?' } });
    const { error } = await live.next('nack');
    assert.deepEqual([error.code, error.field], ['word-refused', 'command.text']);
    const seq = await say(bob, other, 'some poker?');
    await say(bob, room, 'a pokerface');
    const everywhere = await stand.ask('POST', '/admin/words', {
      token: root.token,
      body: { words: ['bridge', 'go fish'] },
    });
    assert.equal(everywhere.status, 204);
    for (const command of [
      { type: 'post', text: 'go, fish!' },
      { type: 'edit', target: seq, text: 'bridge' },
      { type: 'setTopic', topic: 'Bridge' },
    ])
      assert.equal((await stand.command(bob, other, command)).error?.code, 'word-refused', command.type);
    await stand.ask('POST', '/admin/words', { token: root.token, body: { words: [] } });
    await stand.ask('POST', `/conversations/${room}/words`, { token: ann.token, body: { words: [] } });
    await say(bob, room, 'bridge or poker');
  });

  it('a report reaches the moderators and the administrators, with the message, even of private talk, and leaves the list when settled', async () => {
    const room = await stand.group(ann, [bob, cyd]);
    const seq = await say(bob, room, 'buy my watches');
    const report = (who: SignedUp, at = seq) =>
      stand.ask('POST', `/conversations/${room}/reports`, { token: who.token, body: { seq: at, reason: 'spam' } });
    for (const who of [cyd, cyd, ann]) assert.equal((await report(who)).status, 204);
    assert.equal((await report(root)).error?.code, 'not-found', 'who may not see it may not report it');
    assert.equal((await report(cyd, 999)).error?.code, 'no-such-message');
    await stand.command(ann, room, { type: 'hide', target: seq, on: true });
    const listed = async (who: SignedUp, path: string): Promise<Report[]> =>
      ((await stand.ask('GET', path, who)).body['reports'] as Report[]).filter(
        ({ conversation }) => conversation === room,
      );
    for (const [who, path] of [
      [ann, `/conversations/${room}/reports`],
      [root, '/admin/reports'],
    ] as const) {
      const [found, ...more] = await listed(who, path);
      assert.equal(more.length, 0);
      assert.equal(found?.message?.text, 'buy my watches', path);
      assert.deepEqual(
        found?.reporters.map(({ user, reason }) => [user, reason]),
        [
          [cyd.id, 'spam'],
          [ann.id, 'spam'],
        ],
      );
    }
    assert.equal((await stand.ask('GET', `/conversations/${room}/reports`, cyd)).error?.code, 'forbidden');
    assert.equal((await stand.ask('GET', '/admin/reports', cyd)).error?.code, 'forbidden');
    const settle = (who: SignedUp) =>
      stand.ask('POST', `/conversations/${room}/reports/${seq}`, { token: who.token, body: { outcome: 'acted' } });
    assert.equal((await settle(cyd)).error?.code, 'forbidden');
    assert.equal((await settle(root)).status, 204);
    assert.equal((await settle(ann)).error?.code, 'not-found');
    assert.deepEqual(await listed(root, '/admin/reports'), []);
    assert.deepEqual(await listed(ann, `/conversations/${room}/reports`), []);
    assert.equal((await report(cyd)).status, 204);
    assert.equal((await listed(root, '/admin/reports')).length, 1, 'what is reported anew is open anew');
  });

  it('a ban from the server ends every session within a second and lets nobody in until it is lifted', async () => {
    const dan = await stand.signUp('dan');
    const signIn = () => stand.ask('POST', '/sessions', { body: { name: 'dan', password: 'a fine pass phrase' } });
    const second = String((await signIn()).body['token']);
    const socket = await stand.live(dan);
    assert.equal(
      (await stand.ask('POST', '/admin/bans', { token: root.token, body: { user: root.id } })).error?.code,
      'forbidden',
    );
    assert.equal((await stand.ask('POST', '/admin/bans', { token: root.token, body: { user: dan.id } })).status, 204);
    await socket.closed();
    for (const token of [dan.token, second])
      assert.equal((await stand.ask('GET', '/me', { token })).error?.code, 'unauthenticated');
    assert.equal((await signIn()).error?.code, 'banned');
    const wrong = await stand.ask('POST', '/sessions', { body: { name: 'dan', password: 'another pass phrase' } });
    assert.equal(wrong.error?.code, 'wrong-credentials', 'who cannot prove who they are learns nothing of it');
    assert.deepEqual(
      ((await stand.ask('GET', '/admin/bans', root)).body['bans'] as { user: string }[]).map(({ user }) => user),
      [dan.id],
    );
    await isNoted(
      'the ban',
      ({ act, actor, target }) => act === 'account.banned' && actor === root.id && target === dan.id,
    );
    assert.equal((await stand.ask('DELETE', `/admin/bans/${dan.id}`, root)).status, 204);
    assert.equal((await signIn()).status, 201);
  });

  it('the audit log tells of sign-ins, failures, ends and changes of roles, in a chain without a fault', async () => {
    const eve = await stand.signUp('eve');
    await stand.ask('POST', '/sessions', { body: { name: 'eve', password: 'not her pass phrase' } });
    await stand.ask('POST', '/sessions', {
      body: { name: 'my-secret-password', password: 'typed in the wrong field' },
    });
    const { body } = await stand.ask('POST', '/sessions', { body: { name: 'eve', password: 'a fine pass phrase' } });
    await stand.ask('DELETE', '/sessions/current', { token: String(body['token']) });
    const room = await stand.group(ann, [eve]);
    await stand.command(ann, room, { type: 'setRole', user: eve.id, role: 'moderator' });
    const seq = await say(ann, room, 'mine');
    await stand.command(ann, room, { type: 'delete', target: seq });
    const hers = await say(eve, room, 'hers');
    await stand.command(ann, room, { type: 'delete', target: hers });
    await isNoted('the removal', ({ act, target }) => act === 'message.removed' && target === eve.id);
    await isNoted('the end', ({ act, actor }) => act === 'session.ended' && actor === eve.id);
    const entries = await acts();
    const about = entries.filter(({ actor, target }) => actor === eve.id || target === eve.id).map(({ act }) => act);
    for (const act of ['account.made', 'session.failed', 'session.started', 'session.ended', 'conversation.role'])
      assert.ok(about.includes(act), `${act} among ${about.join(', ')}`);
    assert.doesNotMatch(JSON.stringify(entries), /my-secret-password|pass phrase/);
    assert.ok(
      !entries.some(({ act, detail }) => act === 'message.removed' && detail?.['seq'] === seq),
      'one’s own is no moderation',
    );
    assert.deepEqual([...faultsOf(entries.toReversed() as never)], []);
  });
});
