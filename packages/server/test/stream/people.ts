import {
  type Command,
  directConversationId,
  newCid,
  newConversationId,
  newUserId,
  type StreamId,
} from '@parley/protocol';
import type { Wish } from '../../src/stream/index.ts';

/** Somebody with a rank on the whole server. */
export interface Person {
  readonly id: Wish['actor'];
  readonly serverRole: 'owner' | 'admin' | 'member' | 'guest';
}

const person = (serverRole: Person['serverRole']): Person => ({ id: newUserId(), serverRole });

/** The server's administrator and guest among them, as they meet the same rules in a conversation and others outside. */
export const people: readonly [Person, Person, Person, Person, Person, Person] = [
  person('member'),
  person('member'),
  person('member'),
  person('member'),
  person('admin'),
  person('guest'),
];

export const wishOf = (stream: StreamId, { id, serverRole }: Person, command: Command, cid = newCid()): Wish => ({
  stream,
  actor: id,
  serverRole,
  cid,
  command,
});

/** Where a conversation of two people, or of more, lives. */
export const streamFor = (kind: 'direct' | 'group' | 'channel') =>
  kind === 'direct' ? directConversationId(people[0].id, people[1].id) : newConversationId();
