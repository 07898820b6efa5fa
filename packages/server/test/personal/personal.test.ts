import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { directConversationId, isUserId, newConversationId } from '@parley/protocol';
import { type SignedUp, Stand } from '../node/stand.ts';
import { until } from '../until.ts';

type Line = { readonly type: string } & Record<string, unknown>;

describe('what is kept of somebody', () => {
  let stand: Stand;
  let root: SignedUp;
  let ann: SignedUp;
  before(async () => {
    stand = await Stand.open(['--rate-burst', '100000']);
    root = await stand.signUp('root');
    ann = await stand.signUp('ann');
  });
  after(() => stand[Symbol.asyncDispose]());

  const exported = async (path: string, { token }: SignedUp): Promise<{ status: number; lines: Line[] }> => {
    const response = await fetch(`${stand.node.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (response.status !== 200) return { status: response.status, lines: [] };
    assert.match(response.headers.get('content-disposition') ?? '', /attachment/);
    const lines = text.split('\n').slice(0, -1);
    return { status: response.status, lines: lines.map((line) => JSON.parse(line) as Line) };
  };
  const signIn = (name: string) => stand.ask('POST', '/sessions', { body: { name, password: 'a fine pass phrase' } });
  const leave = (who: SignedUp, body: object) => stand.ask('POST', '/me/delete', { token: who.token, body });

  it('is told to them as lines: profile, sessions, conversations and what they wrote, nothing that others wrote', async () => {
    const bob = await stand.signUp('bob');
    const room = await stand.group(ann, [bob]);
    await stand.command(ann, room, { type: 'post', text: 'from ann' });
    for (let count = 0; count < 3; count++) await stand.command(bob, room, { type: 'post', text: `from bob ${count}` });
    await stand.command(ann, room, { type: 'hide', target: 3, on: true });
    await until('his list has it', async () =>
      JSON.stringify((await stand.ask('GET', '/conversations', bob)).body).includes(room),
    );
    const { status, lines } = await exported('/me/export', bob);
    assert.equal(status, 200);
    const of = (type: string) => lines.filter((line) => line.type === type);
    assert.equal(of('profile')[0]?.['name'], 'bob');
    assert.equal(of('session').length, 1);
    assert.deepEqual(
      of('conversation').map(({ id, role }) => [id, role]),
      [[room, 'member']],
    );
    assert.deepEqual(
      of('message').map(({ text }) => text),
      ['from bob 0', 'from bob 1', 'from bob 2'],
      'a hidden one is theirs too',
    );
    assert.doesNotMatch(JSON.stringify(lines), /from ann|tokenHash|passwordHash|argon2|pt_/);
  });

  it('is told to administrators above them, which the audit log tells, and to nobody else', async () => {
    const [cyd, dee] = await Promise.all([stand.signUp('cyd'), stand.signUp('dee')]);
    assert.equal((await exported(`/admin/accounts/${dee.id}/export`, cyd)).status, 403);
    assert.equal((await exported(`/admin/accounts/${root.id}/export`, root)).status, 403);
    const { status, lines } = await exported(`/admin/accounts/${dee.id}/export`, root);
    assert.deepEqual([status, lines[0]?.['name']], [200, 'dee']);
    await until('the audit log tells', async () => {
      const { body } = await stand.ask('GET', '/admin/audit', root);
      const entries = body['entries'] as { act: string; target?: string }[];
      return entries.some(({ act, target }) => act === 'account.exported' && target === dee.id);
    });
  });

  it('goes with the account: sessions end, nobody signs in, the name is free, and what was written is by nobody known', async () => {
    const eve = await stand.signUp('eve');
    const room = await stand.group(ann, [eve]);
    const own = newConversationId();
    await stand.command(eve, own, { type: 'create', kind: 'group', name: 'hers', members: [ann.id] });
    assert.ok(isUserId(eve.id) && isUserId(ann.id));
    const direct = directConversationId(eve.id, ann.id);
    await stand.command(eve, direct, { type: 'create', kind: 'direct', members: [ann.id] });
    await stand.command(eve, room, { type: 'post', text: 'it was me' });
    await until('her list has them', async () => {
      const list = JSON.stringify((await stand.ask('GET', '/conversations', eve)).body);
      return [room, own, direct].every((id) => list.includes(id));
    });
    const socket = await stand.live(eve);
    assert.equal((await leave(eve, { password: 'not her pass phrase' })).error?.code, 'wrong-credentials');
    assert.equal((await leave(eve, { password: 'a fine pass phrase' })).status, 204);
    await socket.closed();
    assert.equal((await stand.ask('GET', '/me', eve)).error?.code, 'unauthenticated');
    assert.equal((await signIn('eve')).error?.code, 'wrong-credentials');
    const { body } = await stand.ask('GET', `/conversations/${room}/messages`, ann);
    assert.match(JSON.stringify(body['messages']), /it was me/);
    assert.doesNotMatch(JSON.stringify(body['people']), /"eve"/);
    assert.match(JSON.stringify(body['people']), /Deleted account/);
    const members = await stand.ask('GET', `/conversations/${own}/members`, ann);
    assert.deepEqual(
      (members.body['members'] as { user: { id: string }; role: string }[]).map(({ user, role }) => [user.id, role]),
      [[ann.id, 'owner']],
      'who is left owns it',
    );
    const heir = await stand.signUp('eve');
    assert.notEqual(heir.id, eve.id);
    assert.deepEqual((await stand.ask('GET', '/conversations', heir)).body['conversations'], []);
    assert.equal((await stand.ask('DELETE', `/admin/bans/${eve.id}`, root)).error?.code, 'not-found');
  });

  it('takes its texts along where that is wished, by an administrator too, but never the owner of the server', async () => {
    const fay = await stand.signUp('fay');
    const room = await stand.group(ann, [fay]);
    for (let count = 0; count < 5; count++) await stand.command(fay, room, { type: 'post', text: `secret ${count}` });
    await stand.command(ann, room, { type: 'post', text: 'from ann' });
    await until('her list has it', async () =>
      JSON.stringify((await stand.ask('GET', '/conversations', fay)).body).includes(room),
    );
    const end = (by: SignedUp, whom: SignedUp) =>
      stand.ask('POST', `/admin/accounts/${whom.id}/delete`, { token: by.token, body: { written: 'remove' } });
    assert.equal((await end(ann, fay)).error?.code, 'forbidden');
    assert.equal((await end(root, fay)).status, 204);
    assert.deepEqual(await stand.texts(ann, room), ['', '', '', '', '', 'from ann']);
    assert.equal((await end(root, root)).error?.code, 'forbidden');
    assert.equal((await leave(root, { password: 'a fine pass phrase' })).error?.code, 'forbidden');
    assert.equal((await signIn('root')).status, 201);
  });
});
