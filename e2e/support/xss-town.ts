import {
  type ConversationId,
  createClient,
  newCid,
  newConversationId,
  type ParleyClient,
  type UserId,
} from '../../packages/client/src/index.ts';
import { corpus, fitting } from './xss-corpus.ts';

export const password = 'a long enough password';

/** Payloads short enough for an emoji. */
const emoji = [
  '<svg onload=pwned=1>',
  '"><svg onload=pwned=1>',
  '<script>pwned=1</script>',
  'javascript:pwned=1',
  '&lt;b&gt;',
];

/** Where what was planted is to be seen. */
export interface PlantedTown {
  readonly hall: ConversationId;
  /** A channel with a payload for a name and one for a topic. */
  readonly trap: ConversationId;
  readonly trapName: string;
  /** The root of a thread that holds every payload. */
  readonly root: number;
  /** A channel of Ada's that attackers ask to be let into. */
  readonly gate: ConversationId;
  /** An invitation by somebody whose name is a payload. */
  readonly invitation: string;
}

/** Puts every payload into every field that somebody else will look at. Ada is the owner, and the one who looks. */
export async function plant(url: string): Promise<PlantedTown> {
  const clients: ParleyClient[] = [];
  const clientFor = (token?: string): ParleyClient => {
    const client = createClient({ url, ...(token === undefined ? {} : { token }) });
    clients.push(client);
    return client;
  };
  const { token, user: ada } = await clientFor().rest.signUp({ name: 'ada', displayName: 'Ada', password });
  const owner = clientFor(token);
  const names = fitting(64);
  const { accounts } = await owner.rest.createAccounts({
    accounts: corpus.map((_, index) => {
      const name = names[index];
      return { name: `mallory-${index}`, ...(name === undefined ? {} : { displayName: name }) };
    }),
    tokens: true,
  });
  const attackers = accounts.map((account) => clientFor(account.token));
  const attacker = (index: number): ParleyClient => attackers[index % attackers.length] ?? owner;

  const command = (
    who: ParleyClient,
    stream: ConversationId | UserId,
    wish: Parameters<ParleyClient['rest']['command']>[2],
  ) => who.rest.command(stream, newCid(), wish);
  const hall = newConversationId();
  const members = accounts.map(({ user }) => user.id);
  await command(owner, hall, { type: 'create', kind: 'group', name: 'hall', members });
  const { seq: root } = await command(owner, hall, { type: 'post', text: 'The root of all of it' });
  const traps: { id: ConversationId; name: string }[] = [];
  await Promise.all(
    corpus.map(async (text, index) => {
      const who = attacker(index);
      await who.rest.updateMe({ status: fitting(100)[index] ?? 'x' });
      const { seq } = await command(who, hall, { type: 'post', text });
      await command(who, hall, { type: 'post', text, thread: root });
      await command(who, hall, { type: 'post', text: `@ada ${text}`, replyTo: seq, mentions: [ada.id] });
      await command(who, hall, { type: 'react', target: seq, emoji: emoji[index % emoji.length] ?? '👍', on: true });
      await command(owner, hall, { type: 'pin', target: seq, on: true });
      await attacker(index + 1).rest.report(hall, { seq, reason: 'abuse' });
      const name = names[index] ?? 'x';
      const id = newConversationId();
      await command(who, id, { type: 'create', kind: 'channel', name, topic: text, members: [ada.id] });
      await command(who, id, { type: 'post', text });
      traps[index] = { id, name };
    }),
  );
  // A few: the bound of sign-ins from one address is not what is tried here.
  for (const device of corpus.slice(0, 20)) await clientFor().rest.signIn({ name: 'ada', password, device });
  for (const name of names.slice(0, 8)) await owner.rest.createToken({ name, scopes: ['read'], password });
  const gate = newConversationId();
  await command(owner, gate, { type: 'create', kind: 'channel', name: 'gate', members: [] });
  await command(owner, gate, { type: 'setRules', approval: true });
  await Promise.all(attackers.slice(0, 20).map((who) => command(who, gate, { type: 'join' })));
  for (const user of members.slice(-20, -15)) await command(owner, hall, { type: 'silence', user, forMs: 3_600_000 });
  for (const user of members.slice(-15, -10)) await command(owner, hall, { type: 'ban', user, on: true });
  for (const user of members.slice(-5)) await owner.rest.ban({ user });
  const [inviter] = attackers;
  const invitation = (await inviter?.rest.createInvite())?.url ?? '';
  const words = fitting(40);
  await Promise.all([owner.rest.setWords(hall, words), owner.rest.setServerWords(words)]);
  await Promise.all(clients.map((client) => client.close()));
  const [trap] = traps;
  return { hall, trap: trap?.id ?? hall, trapName: trap?.name ?? '', root, gate, invitation };
}
