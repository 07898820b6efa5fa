import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Action,
  type ConversationEvent,
  type ConversationKind,
  conversationKinds,
  isUserId,
  may,
  mayOnServer,
  newConversationId,
  serverActions,
} from '@parley/protocol';
import { Stand } from '../node/stand.ts';
import { until } from '../until.ts';
import { type Actor, type Crew, castOf, hire, partsOf } from './walk/cast.ts';
import { type Outcome, type Path, rest, socket, socketIo } from './walk/paths.ts';
import { personalReads, readsOf } from './walk/reads.ts';
import { commandsFor, orderFor, type Scene, setScene } from './walk/scene.ts';
import { serverAttempts } from './walk/server-attempts.ts';
import { watchesAndSignals } from './walk/watching.ts';

const unhindered = ['--rate-per-second', '100000', '--rate-burst', '1000000'];
const mayIn = (action: Action, kind: ConversationKind, { isSignedOut, role, serverRole }: Actor): boolean =>
  !isSignedOut && may(action, kind, role, serverRole);

/** What the table says must become of it. */
function expected(action: Exclude<Action, 'read'>, kind: ConversationKind, actor: Actor): string {
  if (actor.isSignedOut) return 'unauthenticated';
  if (!mayIn('read', kind, actor)) return 'not-found';
  if (action === 'leave' && actor.role === undefined) return 'not-a-member';
  // Who is in already need not be let in: that is no refusal.
  if (action === 'join' && actor.role !== undefined) return 'unchanged';
  if (mayIn(action, kind, actor)) return 'done';
  if (action === 'mentionAll' && mayIn('post', kind, actor)) return 'done, to nobody in particular';
  if (action === 'overrule' && mayIn('post', kind, actor)) return 'read-only';
  return action === 'deleteAny' ? 'not-yours' : 'forbidden';
}

describe('every action, as everybody, in every kind of conversation, on every way in', () => {
  let stand: Stand;
  let crew: Crew;
  before(async () => {
    stand = await Stand.open(unhindered);
    crew = await hire(stand);
  });
  after(() => stand[Symbol.asyncDispose]());

  const headOf = async ({ stream, host }: Scene): Promise<number> => {
    const { body } = await stand.ask('GET', `/conversations/${stream}`, host);
    return (body['head'] as { head: number }).head;
  };
  const eventAt = async ({ stream, host }: Scene, seq: number): Promise<ConversationEvent | undefined> => {
    const { body } = await stand.ask('GET', `/conversations/${stream}/events?after=${seq - 1}&limit=1`, host);
    return (body['events'] as ConversationEvent[])[0];
  };

  /** What was done, by what the conversation holds afterwards. */
  const become = async (scene: Scene, action: Action, before: number, outcome: Outcome): Promise<string> => {
    const head = await headOf(scene);
    if ('code' in outcome) {
      assert.equal(head, before, `${action} was refused and yet stored`);
      return outcome.code;
    }
    if (head === before) return 'unchanged';
    assert.equal(outcome.seq, head);
    const event = await eventAt(scene, head);
    if (action !== 'mentionAll') return 'done';
    return event?.type === 'posted' && event.mass === 'all' ? 'done' : 'done, to nobody in particular';
  };
  const walk = async (path: Path, scene: Scene, actor: Actor): Promise<void> => {
    const commands = commandsFor(scene);
    const got: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    for (const action of orderFor(actor)) {
      const isOverruled = action === 'overrule' && scene.kind !== 'direct';
      if (isOverruled) await stand.command(scene.host, scene.stream, { type: 'setRules', readOnly: true });
      const head = await headOf(scene);
      const outcome = await path.send(actor, scene.stream, commands[action]);
      got[action] = await become(scene, action, head, outcome);
      wanted[action] = expected(action, scene.kind, actor);
      if (isOverruled) await stand.command(scene.host, scene.stream, { type: 'setRules', readOnly: false });
      if (action === 'archive' && got[action] === 'done')
        await stand.command(scene.host, scene.stream, { type: 'archive', on: false });
    }
    assert.deepEqual(got, wanted, `${actor.label} of a ${scene.kind} by ${path.name}`);
  };
  const each = async (kind: ConversationKind, prefix: string, visit: (actor: Actor, scene: Scene) => Promise<void>) => {
    const cast = await castOf(stand, crew, prefix, partsOf(kind));
    await Promise.all(cast.map(async (actor) => visit(actor, await setScene(stand, kind, crew, actor))));
  };

  for (const kind of conversationKinds) {
    for (const [name, way] of Object.entries({ 'the socket': socket, 'Socket.IO': socketIo, REST: rest })) {
      it(`commands to a ${kind} by ${name}: done where the table says so, else refused and nothing stored`, async () => {
        const path = way(stand);
        await each(kind, `${kind}-${way.name}`, (actor, scene) => walk(path, scene, actor));
      });
    }

    it(`reads of a ${kind}: answered where the table says so, else alike for what is not there`, () =>
      each(kind, `${kind}-reads`, async (actor, scene) => {
        const nowhere = { ...scene, stream: newConversationId() };
        for (const [index, path] of readsOf(scene).entries()) {
          const answer = await stand.ask('GET', path, actor.isSignedOut ? {} : actor);
          const told = `${actor.label} reads ${path}`;
          if (mayIn('read', kind, actor)) {
            assert.equal(answer.status, 200, told);
            continue;
          }
          assert.equal(answer.error?.code, actor.isSignedOut ? 'unauthenticated' : 'not-found', told);
          const absent = await stand.ask('GET', readsOf(nowhere)[index] ?? '', actor.isSignedOut ? {} : actor);
          assert.deepEqual([absent.status, absent.body], [answer.status, answer.body], told);
        }
      }));

    it(`lists of one’s own: a ${kind} is in them where its reader may read it, and nowhere else`, () =>
      each(kind, `${kind}-lists`, async (actor, scene) => {
        if (actor.isSignedOut) {
          for (const { path } of personalReads)
            assert.equal((await stand.ask('GET', path)).error?.code, 'unauthenticated', path);
          return;
        }
        for (const { path, shows } of personalReads) {
          const wanted = shows(mayIn('read', kind, actor), kind, actor);
          const had = async (): Promise<boolean> =>
            JSON.stringify((await stand.ask('GET', path, actor)).body).includes(scene.stream);
          // A person's own stream hears of it a moment later.
          if (wanted !== undefined)
            await until(
              `${path} ${wanted ? 'shows' : 'hides'} the ${kind} to ${actor.label}`,
              async () => (await had()) === wanted,
            );
        }
      }));

    it(`keeping order in a ${kind} by REST: reports by who may read, the rest by who may hide, else alike for what is not there`, () =>
      each(kind, `${kind}-order`, async (actor, scene) => {
        const who = actor.isSignedOut ? {} : actor;
        const code = async (method: string, path: string, body?: object): Promise<string> => {
          const answer = await stand.ask(method, path, { ...who, ...(body === undefined ? {} : { body }) });
          return answer.error?.code ?? 'done';
        };
        if (kind !== 'direct')
          await stand.command(scene.host, scene.stream, { type: 'hide', target: scene.doomed, on: true });
        const reason = { seq: scene.kept, reason: 'spam' };
        const mayRead = mayIn('read', kind, actor);
        const mayHide = mayRead && mayIn('hide', kind, actor);
        const isAdministrator = !actor.isSignedOut && mayOnServer('settleReports', actor.serverRole);
        const refused = actor.isSignedOut ? 'unauthenticated' : mayRead ? 'forbidden' : 'not-found';
        const wanted = mayHide ? 'done' : refused;
        const at = `/conversations/${scene.stream}`;
        const told = `${actor.label} of a ${kind}`;
        assert.equal(await code('POST', `${at}/reports`, reason), mayRead ? 'done' : refused, `${told} reports`);
        await stand.ask('POST', `${at}/reports`, { token: scene.host.token, body: reason });
        assert.equal(await code('GET', `${at}/reports`), wanted, `${told} reads reports`);
        assert.equal(await code('GET', `${at}/moderation`), wanted, `${told} reads who is silenced`);
        if (kind !== 'direct')
          assert.equal(await code('GET', `${at}/hidden/${scene.doomed}`), wanted, `${told} looks at what is hidden`);
        assert.equal(await code('POST', `${at}/words`, { words: [] }), wanted, `${told} sets words`);
        const settles = isAdministrator ? 'done' : wanted;
        assert.equal(
          await code('POST', `${at}/reports/${scene.kept}`, { outcome: 'dismissed' }),
          settles,
          `${told} settles`,
        );
      }));

    it(`watching a ${kind}, and signals to it: for those who may, and the others hear and say nothing`, () =>
      each(kind, `${kind}-watch`, (actor, scene) =>
        watchesAndSignals(stand, scene, actor, mayIn('read', kind, actor)),
      ));
  }

  it('what is asked of the server itself is granted by rank', async () => {
    const ranks = partsOf('group').filter(({ role }) => role === undefined);
    for (const actor of await castOf(stand, crew, 'ranks', [...ranks])) {
      for (const action of serverActions) {
        const got = await serverAttempts[action](stand, actor);
        const refusal = actor.isSignedOut ? 'unauthenticated' : 'forbidden';
        const wanted = !actor.isSignedOut && mayOnServer(action, actor.serverRole) ? 'done' : refusal;
        assert.equal(got, wanted, `${action} as ${actor.label}`);
      }
    }
  });

  it('nobody commands the stream of another person, watches it or speaks for them, whatever their rank', async () => {
    const { id } = crew.host;
    assert.ok(isUserId(id));
    const ways = [socket(stand), socketIo(stand), rest(stand)];
    const witness = await stand.live(crew.host);
    witness.send({ t: 'faces', users: [id] });
    for (const actor of await castOf(stand, crew, 'mine', partsOf('group'))) {
      const wish = { type: 'setPreference', key: 'theme', value: 'dark' };
      for (const way of ways) {
        const wanted = actor.isSignedOut ? 'unauthenticated' : 'not-found';
        assert.deepEqual(await way.send(actor, id, wish), { code: wanted }, `${actor.label} by ${way.name}`);
      }
      if (actor.isSignedOut) continue;
      const client = await stand.live(actor);
      client.send({ t: 'watch', id: 1, streams: [{ stream: id, level: 'full', after: 0 }] });
      assert.equal((await client.next('watched')).streams[0]?.error?.code, 'not-found', actor.label);
      client.send({ t: 'signal', stream: id, signal: { type: 'presence', state: 'away' } });
      client.send({ t: 'ping', id: 2 });
      await client.next('pong');
      client.close();
    }
    const { body } = await stand.ask('GET', '/conversations', crew.host);
    assert.deepEqual(body['preferences'], {});
    const { body: told } = await stand.ask('GET', `/presence?ids=${id}`, crew.host);
    assert.deepEqual(
      (told['presence'] as { state: string }[]).map(({ state }) => state),
      ['online'],
    );
  });
});
