import type { ConversationKind } from '@parley/protocol';
import type { Actor } from './cast.ts';
import type { Scene } from './scene.ts';

/** Every read that names a conversation. */
export const readsOf = ({ stream, kept }: Scene): readonly string[] => [
  `/conversations/${stream}`,
  `/conversations/${stream}/members`,
  `/conversations/${stream}/messages`,
  `/conversations/${stream}/messages?around=${kept}`,
  `/conversations/${stream}/messages?before=${kept}`,
  `/conversations/${stream}/messages?after=0`,
  `/conversations/${stream}/messages/${kept}`,
  `/conversations/${stream}/threads/${kept}`,
  `/conversations/${stream}/events`,
  `/conversations/${stream}/pins`,
  `/conversations/${stream}/unread`,
];

/** Reads of what is the asker's own, and whether they show the conversation of a scene; `undefined` where that may be either. */
export const personalReads: readonly {
  readonly path: string;
  readonly shows: (mayRead: boolean, kind: ConversationKind, actor: Actor) => boolean | undefined;
}[] = [
  { path: '/conversations', shows: (_mayRead, _kind, { role }) => role !== undefined },
  // Even guests of the server that are members there have no directory.
  {
    path: '/channels',
    shows: (mayRead, kind, { serverRole }) => mayRead && kind === 'channel' && serverRole !== 'guest',
  },
  {
    path: '/mentions',
    shows: (mayRead, kind, { role }) => (role === undefined && kind === 'direct' ? false : mayRead),
  },
  { path: '/threads', shows: () => false },
  // What was, stays told there: that one was added, and removed.
  { path: '/streams/me/events', shows: () => undefined },
  { path: '/me', shows: () => false },
  { path: '/sessions', shows: () => false },
  { path: '/invites', shows: () => false },
  { path: '/users', shows: () => false },
  { path: '/presence?ids=', shows: () => false },
];
