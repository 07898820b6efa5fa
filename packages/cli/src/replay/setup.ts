import {
  type ConversationId,
  createClient,
  type ErrorCode,
  newCid,
  newConversationId,
  type ParleyClient,
  ParleyError,
  type UserId,
} from '@parley/client';
import type { ChatLine } from './lines.ts';
import { accountNames } from './names.ts';
import { patiently } from './patience.ts';

/** Few enough that a request is answered in seconds by every store. */
const accountsPerRequest = 100;
const membersPerCommand = 1_000;
const device = 'parley replay';
/** How a server refuses its second first account. */
const madeMeanwhile: readonly ErrorCode[] = ['invite-required', 'registration-closed', 'name-taken'];

export interface Person {
  readonly id: UserId;
  readonly token: string;
}

export interface Channel {
  readonly id: ConversationId;
  readonly lines: readonly ChatLine[];
}

/** Signs the administrator in; on an empty server, makes it the owner first. */
export async function administrator(url: string, name: string, password: string): Promise<ParleyClient> {
  const stranger = createClient({ url });
  const signIn = () => stranger.rest.signIn({ name, password, device });
  // Asked anew each time: who was made the owner by a request without an answer signs in by the next.
  const { token } = await patiently(async () => {
    if ((await stranger.rest.server()).hasOwner) return signIn();
    return stranger.rest.signUp({ name, password, device }).catch((error: unknown) => {
      // A store that has just taken the first account without saying so may not show it yet, and takes no second first one.
      if (error instanceof ParleyError && madeMeanwhile.includes(error.code)) return signIn();
      throw error;
    });
  });
  await stranger.close();
  return connected(url, token);
}

/** A client that is online with a token. */
export async function connected(url: string, token: string): Promise<ParleyClient> {
  const client = createClient({ url, token, agent: device });
  await client.connect();
  return client;
}

/** The accounts of everybody who says something, by nick, and of the readers. */
export async function makePeople(admin: ParleyClient, nicks: readonly string[], readers: number) {
  const distinct = [...new Set(nicks)];
  const names = accountNames(distinct);
  const readerNames = Array.from({ length: readers }, (_, index) => `replay-reader-${index + 1}`);
  const byName = await makeAccounts(admin, [...names.values(), ...readerNames]);
  // Somebody mightier has the name already, and nobody speaks for them: these get another one.
  const taken = distinct.filter((nick) => !byName.has(nameOf(names, nick)));
  const others = accountNames(taken, { suffix: '-replayed', taken: names.values() });
  for (const [name, person] of await makeAccounts(admin, [...others.values()])) byName.set(name, person);
  const personOf = (name: string): Person => {
    const person = byName.get(name.toLowerCase());
    if (person === undefined) throw new Error(`The server gave no session for the account ${name}.`);
    return person;
  };
  return {
    people: new Map(distinct.map((nick) => [nick, personOf(nameOf(others.has(nick) ? others : names, nick))])),
    readers: readerNames.map(personOf),
  };
}

const nameOf = (names: ReadonlyMap<string, string>, nick: string): string => (names.get(nick) ?? '').toLowerCase();

async function makeAccounts(admin: ParleyClient, names: readonly string[]): Promise<Map<string, Person>> {
  const byName = new Map<string, Person>();
  for (let from = 0; from < names.length; from += accountsPerRequest) {
    const accounts = names.slice(from, from + accountsPerRequest).map((name) => ({ name }));
    const made = await patiently(() => admin.rest.createAccounts({ accounts, tokens: true }));
    for (const { user, token } of made.accounts) {
      if (token !== undefined) byName.set(user.name.toLowerCase(), { id: user.id, token });
    }
  }
  return byName;
}

/** A public channel for each excerpt, with everybody who speaks there. */
export async function makeChannels(
  admin: ParleyClient,
  excerpts: ReadonlyMap<string, readonly ChatLine[]>,
  people: ReadonlyMap<string, Person>,
): Promise<Channel[]> {
  return Promise.all(
    Array.from(excerpts, async ([file, lines]) => {
      const id = newConversationId();
      const speakers = new Set(lines.flatMap(({ nick }) => people.get(nick)?.id ?? []));
      if (admin.user !== undefined) speakers.delete(admin.user);
      const members = [...speakers];
      const name = file.slice(0, 64);
      const create = { type: 'create', kind: 'channel', name, members: members.slice(0, membersPerCommand) } as const;
      await admin.send(id, create, { cid: newCid() });
      for (let from = membersPerCommand; from < members.length; from += membersPerCommand) {
        await admin.send(id, { type: 'invite', users: members.slice(from, from + membersPerCommand) });
      }
      return { id, lines };
    }),
  );
}
