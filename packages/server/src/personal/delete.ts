import { randomBytes } from 'node:crypto';
import {
  type ConversationCommand,
  type ConversationId,
  newCid,
  ParleyError,
  rank,
  type UserId,
} from '@parley/protocol';
import { hashPassword } from '../accounts/passwords.ts';
import type { GatewayPort } from '../gateway/port.ts';
import type { Bans } from '../moderation/bans.ts';
import { profileOf } from '../reads/people.ts';
import type { StreamStates } from '../reads/states.ts';
import type { Store } from '../store/port.ts';
import type { ConversationState } from '../stream/types.ts';

/** What becomes of what somebody wrote: it stays, by nobody who is known any more, or its texts go too. */
export type WrittenFate = 'keep' | 'remove';

/** Documents of an account that are nothing without it. */
const personal = ['passkey', 'passkey-wish', 'totp', 'totp-wish', 'token', 'session-turn', 'account-link'] as const;
const page = 500;
/** Times that a command which came too fast is sent again. */
const maxTries = 50;

export interface DeleteOptions {
  readonly store: Store;
  readonly states: StreamStates;
  readonly gateway: GatewayPort;
  readonly bans: Bans;
  /** Ends every session of somebody, on every node within a second. */
  readonly endSessions: (user: UserId) => Promise<void>;
  readonly forgetEmail: (user: UserId) => Promise<void>;
}

/**
 * Deletes an account. Nobody signs in to it from the first step on; each step may be done again, so that one which was cut
 * short is finished by asking once more. Its id stays, as the author of what it wrote, and shows as "Deleted account"; its handle is
 * free for somebody else.
 * @throws ParleyError `forbidden` for the server's owner, whom nobody can replace; `not-found`
 */
export async function deleteAccount(options: DeleteOptions, user: UserId, written: WrittenFate): Promise<void> {
  const { store, gateway, bans, endSessions, forgetEmail } = options;
  const account = await store.accountById(user);
  if (account === undefined) throw new ParleyError('not-found');
  if (account.serverRole === 'owner')
    throw new ParleyError('forbidden', { message: 'The owner of the server cannot be deleted.' });
  await bans.close(user);
  await endSessions(user);
  await leaveEverything(options, user, account.serverRole, written);
  for (const { code } of await store.invitesOf(user)) await store.deleteInvite(user, code);
  await forgetEmail(user);
  for (const kind of personal) await deleteDocuments(store, kind, user);
  await store.updateAccount(user, {
    displayName: 'Deleted account',
    status: '',
    color: 0,
    serverRole: 'guest',
    // Of nothing that anybody knows.
    passwordHash: await hashPassword(randomBytes(32).toString('base64')),
  });
  await store.renameAccount(user, `deleted-${user.slice(-20)}`);
  gateway.profileChanged(profileOf({ ...account, displayName: 'Deleted account', status: '', color: 0 }));
}

async function deleteDocuments(store: Store, kind: string, owner: UserId): Promise<void> {
  for (;;) {
    const some = await store.documents(kind, owner, { direction: 'forward', limit: 100 });
    if (some.length === 0) return;
    for (const { key } of some) await store.deleteDocument(kind, owner, key);
  }
}

async function leaveEverything(
  { store, states, gateway }: DeleteOptions,
  user: UserId,
  serverRole: 'admin' | 'member' | 'guest',
  written: WrittenFate,
): Promise<void> {
  const send = async (stream: ConversationId, command: ConversationCommand): Promise<void> => {
    const wish = { stream, actor: user, serverRole, cid: newCid(), command };
    for (let attempt = 1; ; attempt++) {
      try {
        await gateway.submit(wish);
        return;
      } catch (error) {
        if (!(error instanceof ParleyError) || error.code !== 'rate-limited' || attempt >= maxTries) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(error.retryAfterMs ?? 1_000, 5_000)));
      }
    }
  };
  /** What the conversation does not let go is left as it is: an archived one is not changed, a talk of two not left. */
  const tryTo = async (stream: ConversationId, command: ConversationCommand): Promise<void> => {
    try {
      await send(stream, command);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.retryable) throw error;
    }
  };
  const own = await states.user(user);
  for (const id of own?.conversations.keys() ?? []) {
    const state = await states.conversation(id);
    if (state === undefined || !state.members.has(user)) continue;
    if (written === 'remove')
      for await (const seq of writtenBy(store, state, user)) await tryTo(id, { type: 'delete', target: seq });
    const owners = [...state.members].filter(([, { role }]) => role === 'owner');
    const [heir] = [...state.members]
      .filter(([other]) => other !== user)
      .toSorted(([, a], [, b]) => rank(a.role) - rank(b.role) || a.since - b.since);
    // Where somebody is left there is an owner: the mightiest, then the longest there.
    if (state.kind !== 'direct' && owners.length === 1 && owners[0]?.[0] === user && heir !== undefined)
      await tryTo(id, { type: 'setRole', user: heir[0], role: 'owner' });
    await tryTo(id, { type: 'leave' });
  }
}

/** What somebody wrote in a conversation and did not delete. */
async function* writtenBy(store: Store, { stream, head }: ConversationState, user: UserId): AsyncGenerator<number> {
  for (let from = 1; ; ) {
    const rows = await store.messages({ stream, from, to: head, limit: page, direction: 'forward' });
    for (const row of rows) if (row.actor === user && row.deleted !== true) yield row.seq;
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    from = last.seq + 1;
  }
}
