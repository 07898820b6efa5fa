import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newUserId } from '@parley/protocol';
import { graceMs, turnMs } from '../../src/accounts/session-turns.ts';
import { Sessions } from '../../src/accounts/sessions.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { VirtualClock } from '../virtual-clock.ts';

describe('the token of a session', () => {
  const store = withSqliteStore();

  const open = async () => {
    const clock = new VirtualClock();
    const scopesOf = () => Promise.resolve(undefined);
    const sessions = new Sessions({ store: store(), clock, mayRemember: () => false, scopesOf });
    const id = newUserId();
    await store().createAccount({
      id,
      name: id,
      displayName: 'Ann',
      color: 1,
      status: '',
      serverRole: 'member',
      createdAt: 1,
    });
    const token = await sessions.create(id, 'laptop');
    const isIn = async (each: string | undefined): Promise<boolean> =>
      each !== undefined && (await sessions.authenticate(each)) !== undefined;
    const turned = async (each: string): Promise<string> => {
      const next = await sessions.turn(each);
      assert.ok(next !== undefined);
      return next;
    };
    return { clock, sessions, id, token, isIn, turned };
  };

  it('is replaced at most once a day; it is the same session after', async () => {
    const { clock, sessions, token, turned } = await open();
    clock.advance(turnMs - 1);
    assert.equal(await sessions.turn(token), undefined);
    clock.advance(1);
    const next = await turned(token);
    assert.match(next, /^pt_\S{43}$/);
    assert.equal((await sessions.authenticate(next))?.session, (await sessions.authenticate(token))?.session);
    assert.equal(await sessions.turn(next), undefined);
    clock.advance(turnMs);
    assert.notEqual(await turned(next), next);
  });

  it('works on until ten minutes after the next one was first used, to the millisecond', async () => {
    const { clock, token, isIn, turned } = await open();
    clock.advance(turnMs);
    const next = await turned(token);
    clock.advance(10 * graceMs);
    assert.equal(await isIn(token), true, 'the answer may have been lost');
    assert.equal(await isIn(next), true);
    clock.advance(graceMs - 1);
    assert.equal(await isIn(token), true);
    assert.equal(await isIn(next), true);
    clock.advance(1);
    assert.equal(await isIn(next), true);
    assert.equal(await isIn(token), false);
  });

  it('that comes back after its time was copied: the session ends, for the thief and for the person', async () => {
    const { clock, sessions, id, token, isIn, turned } = await open();
    clock.advance(turnMs);
    const next = await turned(token);
    assert.equal(await isIn(next), true);
    clock.advance(graceMs);
    assert.equal(await isIn(token), false);
    assert.equal(await isIn(next), false);
    assert.deepEqual(await sessions.list(id), []);
  });

  it('is told anew when the answer was lost, and the lost one is worth nothing', async () => {
    const { clock, token, isIn, turned } = await open();
    clock.advance(turnMs);
    const lost = await turned(token);
    const next = await turned(token);
    assert.equal(await isIn(lost), false);
    assert.equal(await isIn(next), true);
  });

  it('is replaced once by two who ask at the same moment', async () => {
    const { clock, sessions, token, isIn } = await open();
    clock.advance(turnMs);
    const answers = await Promise.all([sessions.turn(token), sessions.turn(token), sessions.turn(token)]);
    const told = answers.filter((answer) => answer !== undefined);
    assert.ok(told.length >= 1);
    const valid = await Promise.all(told.map(isIn));
    assert.equal(valid.filter(Boolean).length, 1, 'one is valid, whoever heard of it');
    assert.equal(await isIn(token), true, 'who heard of none goes on with the one they have');
  });

  it('is stored nowhere, and nothing of it is left when the session has ended', async () => {
    const { clock, sessions, id, token, isIn, turned } = await open();
    clock.advance(turnMs);
    const next = await turned(token);
    const [session] = await sessions.list(id);
    assert.ok(session !== undefined);
    const turn = await store().document('session-turn', id, session.id);
    assert.equal(turn?.body.includes(next.slice(3)), false);
    await sessions.end(id, [session.id]);
    assert.equal(await store().document('session-turn', id, session.id), undefined);
    assert.deepEqual([await isIn(token), await isIn(next)], [false, false]);
  });
});
