import { type Conversation, isConversationId, type ParleyClient, type Profile } from '@parley/client';

/** What can be named on a command line. */
export interface Named {
  readonly conversation: Conversation;
  /** `#general`, `@ann`, `tea round`. */
  readonly label: string;
}

/** One's own conversations, the ones with news first, then the public channels one has not joined. */
export async function namedConversations({ rest }: ParleyClient): Promise<{ mine: Named[]; others: Named[] }> {
  const [list, channels] = await Promise.all([rest.conversations(), rest.channels()]);
  const people = new Map(list.people.map((person) => [person.id, person]));
  const named = (conversation: Conversation): Named => ({ conversation, label: labelOf(conversation, people) });
  const mine = list.conversations.toSorted((a, b) => timeOf(b) - timeOf(a)).map(named);
  const known = new Set(list.conversations.map(({ id }) => id));
  return { mine, others: channels.filter(({ id }) => !known.has(id)).map(named) };
}

const timeOf = ({ lastMessage, createdAt }: { lastMessage?: { at: number } | undefined; createdAt: number }): number =>
  lastMessage?.at ?? createdAt;

/** By id, or by name with or without its `#` or `@`, whatever the letters' case. @throws Error that says what there is */
export async function findConversation(client: ParleyClient, wanted: string): Promise<Named> {
  const { mine, others } = await namedConversations(client);
  const all = [...mine, ...others];
  const plain = (text: string): string => text.toLowerCase();
  const matches = all.filter(({ conversation, label }) => {
    if (conversation.id === wanted) return true;
    return plain(label) === plain(wanted) || plain(label.replace(/^[#@]/, '')) === plain(wanted);
  });
  // Of several, the one whose member one is.
  const [match] = matches;
  const rivals = matches.filter((other) => mine.includes(other) === (match !== undefined && mine.includes(match)));
  if (match !== undefined && rivals.length === 1) return match;
  if (match !== undefined) {
    const ids = rivals.map(({ conversation }) => conversation.id).join(', ');
    throw new Error(`${rivals.length} conversations are called '${wanted}'. Name one by its id: ${ids}.`);
  }
  if (isConversationId(wanted)) {
    const conversation = await client.rest.conversation(wanted);
    return { conversation, label: labelOf(conversation, new Map()) };
  }
  throw new Error(
    `There is no conversation '${wanted}' that you can see. 'parley chat list --all' shows what there is.`,
  );
}

function labelOf({ kind, name, peer }: Conversation, people: ReadonlyMap<string, Profile>): string {
  if (kind === 'channel') return `#${name}`;
  return kind === 'group' ? name : `@${peer === undefined ? 'somebody' : (people.get(peer)?.name ?? peer)}`;
}
