import { ParleyError, type UserId } from '@parley/protocol';
import { profileOf } from '../reads/people.ts';
import type { StreamStates } from '../reads/states.ts';
import type { RecordStore, StreamStore } from '../store/port.ts';

/** Rows read at once. */
const page = 500;

export interface ExportOptions {
  readonly store: StreamStore & RecordStore;
  readonly states: StreamStates;
  /** Somebody's e-mail address, where they gave one. */
  readonly emailOf: (user: UserId) => Promise<string | undefined>;
}

/**
 * Everything that is kept of somebody, a line of JSON for each piece: the profile, sessions, preferences, conversations and what
 * they wrote there, hidden messages too. What others wrote is theirs. Made while it is read, so that it takes no memory.
 */
export async function* exportAccount({ store, states, emailOf }: ExportOptions, user: UserId): AsyncGenerator<string> {
  const account = await store.accountById(user);
  if (account === undefined) throw new ParleyError('not-found');
  const line = (type: string, piece: object): string => `${JSON.stringify({ type, ...piece })}\n`;
  const email = await emailOf(user);
  const { createdAt, lastSeenAt } = account;
  yield line('profile', { ...profileOf(account), createdAt, lastSeenAt, email });
  for (const { id, device, createdAt: at, lastUsedAt } of await store.sessionsOf(user))
    yield line('session', { id, device, createdAt: at, lastUsedAt });
  for (const { code: _secret, ...invite } of await store.invitesOf(user)) yield line('invite', invite);
  const own = await states.user(user);
  yield line('preferences', { preferences: own?.preferences ?? {} });
  for (const [id, { kind, joinedAt, muted }] of own?.conversations ?? []) {
    const state = await states.conversation(id);
    if (state === undefined) continue;
    const { name, topic, members } = state;
    yield line('conversation', { id, kind, name, topic, joinedAt, muted, role: members.get(user)?.role });
    for (let from = 1; ; ) {
      const rows = await store.messages({ stream: id, from, to: state.head, limit: page, direction: 'forward' });
      for (const row of rows) if (row.actor === user) yield line('message', { conversation: id, ...row });
      const last = rows.at(-1);
      if (last === undefined || rows.length < page) break;
      from = last.seq + 1;
    }
  }
}
