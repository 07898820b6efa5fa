import {
  type ConversationId,
  createClient,
  newCid,
  newConversationId,
  type ParleyClient,
  type UserId,
} from '@parley/client';
import type { ChatLine } from './lines.ts';
import { accountNames } from './names.ts';
import { patiently } from './patience.ts';

const accountsPerRequest = 500;
const membersPerCommand = 1_000;

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
  const { hasOwner } = await patiently(() => stranger.rest.server());
  const device = 'parley replay';
  const { token } = hasOwner
    ? await stranger.rest.signIn({ name, password, device })
    : await stranger.rest.signUp({ name, password, device });
  await stranger.close();
  const client = createClient({ url, token, agent: device });
  await client.connect();
  return client;
}

/** The accounts of everybody who says something, by nick, and of the readers. */
export async function makePeople(admin: ParleyClient, nicks: readonly string[], readers: number) {
  const names = accountNames(nicks);
  const readerNames = Array.from({ length: readers }, (_, index) => `replay-reader-${index + 1}`);
  const wanted = [...names.values(), ...readerNames].map((name) => ({ name }));
  const byName = new Map<string, Person>();
  for (let from = 0; from < wanted.length; from += accountsPerRequest) {
    const accounts = wanted.slice(from, from + accountsPerRequest);
    const made = await patiently(() => admin.rest.createAccounts({ accounts, tokens: true }));
    for (const { user, token } of made.accounts) {
      if (token !== undefined) byName.set(user.name.toLowerCase(), { id: user.id, token });
    }
  }
  const personOf = (name: string): Person => {
    const person = byName.get(name.toLowerCase());
    if (person === undefined)
      throw new Error(
        `The account ${name} belongs to an administrator of this server, so the replay cannot speak for it.`,
      );
    return person;
  };
  return {
    people: new Map(Array.from(names, ([nick, name]) => [nick, personOf(name)])),
    readers: readerNames.map(personOf),
  };
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
