import assert from 'node:assert/strict';
import {
  type Action,
  type ConversationId,
  type ConversationKind,
  directConversationId,
  isUserId,
  newConversationId,
  newUserId,
} from '@parley/protocol';
import type { SignedUp, Stand } from '../../node/stand.ts';
import type { Actor, Crew } from './cast.ts';

/** A conversation set up for one actor, with something to do everything to. */
export interface Scene {
  readonly stream: ConversationId;
  readonly kind: ConversationKind;
  /** Who owns it and looks at what becomes of it. */
  readonly host: SignedUp;
  /** Messages: the actor's own, one of the host's that names the actor, and one of the host's to be deleted. */
  readonly own: number;
  readonly kept: number;
  readonly doomed: number;
  /** A guest of the conversation, to be raised and removed. */
  readonly spare: string;
  /** Somebody who asked to be let in, where that can be asked. */
  readonly asking: string;
}

export async function setScene(
  stand: Stand,
  kind: ConversationKind,
  { host, asker }: Crew,
  actor: Actor,
): Promise<Scene> {
  const isMember = actor.role !== undefined;
  const spare = kind === 'direct' && isMember ? host.id : newUserId();
  const act = async (who: SignedUp, command: object): Promise<number> => {
    const { status, body } = await stand.command(who, stream, command);
    assert.equal(status, 200, JSON.stringify({ actor: actor.label, command, body }));
    return Number(body['seq']);
  };
  const says = { type: 'post', text: 'look', mentions: [actor.id] };
  const other = kind === 'direct' && !isMember ? newUserId() : actor.id;
  const stream = kind === 'direct' ? directId(host.id, other) : newConversationId();
  if (kind === 'direct') {
    await act(host, { type: 'create', kind, members: [other] });
    const own = isMember ? await act(actor, { type: 'post', text: 'mine' }) : 1;
    return {
      stream,
      kind,
      host,
      own,
      kept: await act(host, says),
      doomed: await act(host, says),
      spare,
      asking: asker.id,
    };
  }
  await act(host, { type: 'create', kind, name: 'tea', members: [] });
  if (kind === 'channel') {
    await act(host, { type: 'setRules', approval: true });
    await act(asker, { type: 'join' });
    await act(host, { type: 'setRules', approval: false });
  }
  await act(host, { type: 'invite', users: [spare], role: 'guest' });
  await act(host, { type: 'invite', users: [actor.id], role: actor.role ?? 'member' });
  const author = actor.isSignedOut ? host : actor;
  const own = await act(author, { type: 'post', text: 'mine' });
  const [kept, doomed] = [await act(host, says), await act(host, says)];
  if (!isMember) await act(host, { type: 'remove', user: actor.id });
  return { stream, kind, host, own, kept, doomed, spare, asking: asker.id };
}

/** The command of each action. Each leaves the scene fit for those after it, in the order of `orderFor`. */
export function commandsFor({ own, kept, doomed, spare, asking }: Scene): Record<Exclude<Action, 'read'>, object> {
  return {
    post: { type: 'post', text: 'hello' },
    mentionAll: { type: 'post', text: 'hello @all' },
    editOwn: { type: 'edit', target: own, text: 'better' },
    deleteOwn: { type: 'delete', target: own },
    deleteAny: { type: 'delete', target: doomed },
    react: { type: 'react', target: kept, emoji: '👍', on: true },
    pin: { type: 'pin', target: kept, on: true },
    rename: { type: 'rename', name: 'coffee' },
    setTopic: { type: 'setTopic', topic: 'beans' },
    invite: { type: 'invite', users: [newUserId()] },
    setRole: { type: 'setRole', user: spare, role: 'member' },
    remove: { type: 'remove', user: spare },
    archive: { type: 'archive', on: true },
    join: { type: 'join' },
    leave: { type: 'leave' },
    hide: { type: 'hide', target: kept, on: true },
    silence: { type: 'silence', user: spare, forMs: 60_000 },
    ban: { type: 'ban', user: spare, on: true },
    setRules: { type: 'setRules', slowModeMs: 1 },
    overrule: { type: 'post', text: 'read me' },
    admit: { type: 'admit', user: asking, on: true },
  };
}

/** Leaving before joining where the actor is outside, after it where they are in. */
export const orderFor = (actor: Actor): readonly Exclude<Action, 'read'>[] => [
  'post',
  'mentionAll',
  'editOwn',
  'deleteOwn',
  'deleteAny',
  'react',
  'pin',
  'rename',
  'setTopic',
  'invite',
  'hide',
  'setRules',
  'overrule',
  'admit',
  'setRole',
  'silence',
  'remove',
  'ban',
  'archive',
  ...(actor.role === undefined ? (['leave', 'join'] as const) : (['join', 'leave'] as const)),
];

export function directId(a: string, b: string): ConversationId {
  assert.ok(isUserId(a) && isUserId(b));
  return directConversationId(a, b);
}
