import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withSqliteStore } from '../sqlite-store.ts';
import { people } from '../stream/people.ts';
import { type MemorySocket, Stand } from './stand.ts';

const [ann] = people;
const codeOf = ({ closed }: MemorySocket): number | undefined => closed?.code;

describe('an open socket', () => {
  const store = withSqliteStore();

  it('is closed when its session expires, and those of other sessions stay', async () => {
    const expiresAt = 1_700_000_000_000 + 40_000;
    const principal = { user: ann.id, serverRole: ann.serverRole };
    await using stand = await Stand.open(store(), {
      authenticate: (token) =>
        Promise.resolve({ ...principal, session: token, ...(token === 'short' ? { expiresAt } : {}) }),
    });
    const [short, long] = [stand.connect(), stand.connect()];
    short.say({ t: 'hello', token: 'short' });
    long.say({ t: 'hello', token: 'long' });
    await Promise.all([short.next('welcome'), long.next('welcome')]);
    stand.clock.advance(39_000);
    assert.equal(codeOf(short), undefined);
    stand.clock.advance(1_000);
    assert.equal(codeOf(short), 1008);
    assert.equal(short.of('error')[0]?.error.code, 'unauthenticated');
    assert.equal(codeOf(long), undefined);
  });

  it('is closed by news of its session’s end from anywhere', async () => {
    await using stand = await Stand.open(store());
    const socket = await stand.signIn(ann);
    assert.deepEqual([...stand.gateway.openSessions()], ['session 0']);
    stand.gateway.closeSessions(['another']);
    assert.equal(codeOf(socket), undefined);
    stand.gateway.closeSessions(['session 0']);
    assert.equal(codeOf(socket), 1008);
    assert.deepEqual([...stand.gateway.openSessions()], []);
  });
});
