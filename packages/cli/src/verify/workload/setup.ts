import { join } from 'node:path';
import { type ConversationId, newConversationId, type ParleyClient } from '@parley/client';
import { patiently } from '../../replay/patience.ts';
import { administrator } from '../../replay/setup.ts';
import type { Random } from '../random.ts';
import { Member, type MemberOptions } from './member.ts';
import { heavyPosts } from './stalled-readers.ts';

export interface Size {
  /** People who chat. */
  readonly members: number;
  /** Small private conversations of 2 to 6 people. */
  readonly groups: number;
  /** Conversations in which one person measures how fast sends are acknowledged; spread over partitions. */
  readonly probes: number;
}

export interface Group {
  readonly id: ConversationId;
  readonly members: readonly Member[];
}

/** Everybody and everything of a run. */
export interface World {
  readonly admin: ParleyClient;
  /** Owns every conversation; stays a member of all. */
  readonly host: Member;
  readonly members: readonly Member[];
  /** A member of nothing. */
  readonly outsider: Member;
  /** Everybody is in it. */
  readonly room: Group;
  readonly groups: readonly Group[];
  /** Its members come and go. */
  readonly revolving: ConversationId;
  readonly probes: readonly ConversationId[];
  /** A conversation with long messages, and its member who never reads. */
  readonly heavy: { readonly id: ConversationId; readonly reader: Member };
}

export interface SetupOptions {
  readonly url: string;
  readonly as: { readonly name: string; readonly password: string };
  readonly size: Size;
  readonly folder: string;
  readonly random: Random;
  /** Distinguishes this run's accounts from others'. */
  readonly run: string;
  readonly member: Pick<MemberOptions, 'recorder' | 'mode' | 'onAcknowledged'>;
}

/** Makes the accounts and conversations of a run, with everybody online. */
export async function setUp({ url, as, size, folder, random, run, member }: SetupOptions): Promise<World> {
  const admin = await patiently(() => administrator(url, as.name, as.password));
  const names = ['host', 'outsider', 'stalled', ...Array.from({ length: size.members }, (_, index) => `m${index + 1}`)];
  const made = await patiently(() =>
    admin.rest.createAccounts({ accounts: names.map((name) => ({ name: `verify-${run}-${name}` })), tokens: true }),
  );
  const people = made.accounts.map(({ user, token }, index) => {
    if (token === undefined) throw new Error(`the server gave no token for ${user.name}`);
    const name = names[index] ?? user.name;
    return new Member({
      ...member,
      name,
      user: user.id,
      token,
      url,
      outboxPath: join(folder, `${name}.outbox`),
      random: random.fork(),
    });
  });
  const [host, outsider, stalled, ...members] = people;
  if (host === undefined || outsider === undefined || stalled === undefined)
    throw new Error('the server made no accounts');
  for (const person of [host, outsider, ...members]) person.arrive();

  const create = async (name: string, joined: readonly Member[]): Promise<Group> => {
    const id = newConversationId();
    await host.request(id, { type: 'create', kind: 'group', name, members: joined.map(({ user }) => user) });
    for (const person of [host, ...joined]) person.watch(id);
    return { id, members: joined };
  };
  const room = await create('the large room', members);
  const groups = await Promise.all(
    Array.from({ length: size.groups }, (_, index) =>
      create(`group ${index + 1}`, random.shuffle(members).slice(0, random.between(2, Math.min(6, members.length)))),
    ),
  );
  const revolving = await create('revolving door', []);
  const probes = await Promise.all(Array.from({ length: size.probes }, (_, index) => create(`probe ${index + 1}`, [])));
  const heavy = { id: newConversationId(), reader: stalled };
  await host.request(heavy.id, { type: 'create', kind: 'group', name: 'long messages', members: [stalled.user] });
  host.watch(heavy.id);
  const text = '·'.repeat(heavyPosts.length);
  await Promise.all(Array.from({ length: heavyPosts.count }, () => host.request(heavy.id, { type: 'post', text })));
  return {
    admin,
    host,
    members,
    outsider,
    room,
    groups,
    heavy,
    revolving: revolving.id,
    probes: probes.map(({ id }) => id),
  };
}

/** Every conversation of a run. */
export const conversationsOf = ({ room, groups, revolving, probes, heavy }: World): readonly ConversationId[] => [
  room.id,
  revolving,
  ...groups.map(({ id }) => id),
  ...probes,
  heavy.id,
];

/** Deletes the run's accounts, the host's last: what they wrote stays in conversations that nobody is in any more. */
export async function cleanUp({ host, outsider, members, admin, heavy }: World): Promise<void> {
  for (const person of [...members, outsider, heavy.reader, host]) {
    await person.leave();
    // One that is deleted already, by a request whose answer was lost, is as good.
    await patiently(() => admin.rest.deleteAccount(person.user));
  }
  await admin.rest.signOut();
  await admin.close();
}
