import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type AuditEntry, newUserId } from '@parley/protocol';
import type { AuditWish } from '../../src/audit/index.ts';
import { Refusals } from '../../src/audit/refusals.ts';
import { localRates } from '../../src/limits/shared-rates.ts';
import { type SignedUp, Stand } from '../node/stand.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';

describe('who tries what they have no right to', () => {
  const open = () => {
    const clock = new VirtualClock();
    const noted: AuditWish[] = [];
    return { clock, noted, refusals: new Refusals({ record: (wish) => noted.push(wish) }, localRates(clock)) };
  };

  it('is noted ten times, then once a minute, and the entry after tells how often meanwhile', () => {
    const { clock, noted, refusals } = open();
    const actor = newUserId();
    for (let time = 0; time < 1_000; time++) refusals.note('ban', { actor });
    assert.equal(noted.length, 10);
    clock.advance(60_000);
    for (let time = 0; time < 5; time++) refusals.note('ban', { actor });
    assert.deepEqual(noted.at(-1), { act: 'action.refused', actor, detail: { what: 'ban', unnoted: 990 } });
    assert.equal(noted.length, 11);
  });

  it('does not hide others who try, and a thousand accounts together fill no log either', () => {
    const { noted, refusals } = open();
    const [loud, quiet] = [newUserId(), newUserId()];
    for (let time = 0; time < 100; time++) refusals.note('ban', { actor: loud });
    refusals.note('hide', { actor: quiet });
    assert.deepEqual(noted.at(-1)?.actor, quiet);
    for (let account = 0; account < 1_000; account++) refusals.note('ban', { actor: newUserId() });
    assert.equal(noted.length, 200);
  });

  it('is counted by address where nobody is signed in', () => {
    const { noted, refusals } = open();
    for (let time = 0; time < 20; time++)
      refusals.note('POST /sessions', { from: { address: `2001:db8::${time.toString(16)}` } });
    assert.equal(noted.length, 10);
  });
});

describe('the audit log of a node tells of what was refused', () => {
  let stand: Stand;
  let root: SignedUp;
  let ann: SignedUp;
  let bob: SignedUp;
  before(async () => {
    stand = await Stand.open();
    root = await stand.signUp('root');
    [ann, bob] = await Promise.all([stand.signUp('ann'), stand.signUp('bob')]);
  });
  after(() => stand[Symbol.asyncDispose]());

  const refused = async (): Promise<AuditEntry[]> => {
    const { body } = await stand.ask('GET', '/admin/audit?limit=1000', root);
    return (body['entries'] as AuditEntry[]).filter(({ act }) => act === 'action.refused');
  };
  const isNoted = (what: string, fits: (entry: AuditEntry) => boolean): Promise<void> =>
    until(`${what} is noted`, async () =>
      (await refused()).some((entry) => entry.detail?.['what'] === what && fits(entry)),
    );

  it('over REST: by whom, of what, about whom', async () => {
    assert.equal((await stand.ask('GET', '/admin/audit', ann)).error?.code, 'forbidden');
    await isNoted('GET /admin/audit', ({ actor, address }) => actor === ann.id && address === '127.0.0.1');
    await stand.ask('POST', `/admin/accounts/${bob.id}/delete`, { token: ann.token, body: {} });
    await isNoted('POST /admin/accounts/:user/delete', ({ target }) => target === bob.id);
    await stand.ask('GET', '/me', { token: 'pt_nobody' });
    await stand.ask('GET', `/admin/accounts/${bob.id}`, ann);
    assert.equal((await refused()).length, 2, 'who is not in, and what is not there, are told of elsewhere or nowhere');
  });

  it('of commands, by the socket as by REST, once each', async () => {
    const room = await stand.group(ann, [bob]);
    const command = { type: 'ban', user: ann.id, on: true };
    assert.equal((await stand.command(bob, room, command)).error?.code, 'forbidden');
    await isNoted(
      'ban',
      ({ actor, target, conversation }) => actor === bob.id && target === ann.id && conversation === room,
    );
    const live = await stand.live(bob);
    live.send({ t: 'send', stream: room, cid: 'by-the-socket-1', command: { type: 'setRules', readOnly: true } });
    assert.equal((await live.next('nack')).error.code, 'forbidden');
    await isNoted('setRules', ({ actor, address }) => actor === bob.id && address !== undefined);
    const found = await refused();
    assert.equal(found.filter(({ actor }) => actor === bob.id).length, 2);
  });

  it('of pages of others, and of tokens that reach for more than they were given', async () => {
    const headers = { cookie: `parley_session=${ann.token}`, origin: 'https://evil.example' };
    const { error } = await stand.ask('POST', '/invites', { body: {}, headers });
    assert.equal(error?.code, 'forbidden');
    await isNoted('POST /invites', ({ actor }) => actor === ann.id);
    const made = await stand.ask('POST', '/tokens', {
      token: root.token,
      body: { name: 'robot', scopes: ['read'], password: 'a fine pass phrase' },
    });
    assert.equal(
      (await stand.ask('GET', '/admin/bans', { token: String(made.body['token']) })).error?.code,
      'forbidden',
    );
    await isNoted('GET /admin/bans', ({ actor }) => actor === root.id);
  });
});
