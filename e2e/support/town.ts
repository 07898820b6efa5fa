import {
  createClient,
  directConversationId,
  newCid,
  newConversationId,
  type ParleyClient,
} from '../../packages/client/src/index.ts';

export const password = 'a long enough password';

/** A server with people and talk in it, as a team has it after some days. */
export interface Town {
  readonly engine: string;
  readonly people: ReadonlyMap<string, ParleyClient>;
  close(): Promise<void>;
}

const names = ['Ada Lovelace', 'Grace Hopper', 'Alan Turing', 'Barbara Liskov', 'Edsger Dijkstra'] as const;

/** Ada is the owner and the one who looks; the others talk. */
export async function fill(url: string): Promise<Town> {
  const stranger = createClient({ url });
  const handleOf = (name: string): string => name.toLowerCase().replace(' ', '.');
  const [ada, ...others] = names;
  const { token } = await stranger.rest.signUp({ name: handleOf(ada), displayName: ada, password });
  const owner = createClient({ url, token });
  await owner.connect();
  const made = await owner.rest.createAccounts({
    accounts: others.map((name) => ({ name: handleOf(name), displayName: name, password })),
    tokens: true,
  });
  const people = new Map<string, ParleyClient>([['Ada', owner]]);
  for (const { user, token: own } of made.accounts) {
    const client = createClient({ url, ...(own === undefined ? {} : { token: own }) });
    await client.connect();
    people.set(user.displayName.split(' ')[0] ?? '', client);
  }
  const person = (name: string): ParleyClient => {
    const found = people.get(name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  };
  const idOf = (name: string) => {
    const { user } = person(name);
    if (user === undefined) throw new Error(`${name} is not connected`);
    return user;
  };
  const members = others.map((name) => idOf(name.split(' ')[0] ?? ''));

  const engine = newConversationId();
  await owner.send(engine, {
    type: 'create',
    kind: 'channel',
    name: 'engine',
    topic: 'The analytical one: cards, mill and store',
    members,
  });
  const say = async (
    who: string,
    text: string,
    more: { replyTo?: number; thread?: number; mentions?: (typeof members)[number][] } = {},
  ) => (await person(who).send(engine, { type: 'post', text, ...more })).seq;
  await say('Grace', 'Good morning. The compiler of last night is faster by a third.');
  const question = await say(
    'Alan',
    'How does it know that it is done? I would like to see the **halting** argument written down.',
  );
  await say(
    'Barbara',
    'It does not need to: it stops when the tape does.\n\n> Any sufficiently abstract tape is a list.',
    { replyTo: question },
  );
  const code = await say(
    'Edsger',
    'A small one for the style guide:\n\n```\nwhile (a != b) {\n  if (a > b) a -= b; else b -= a;\n}\n```\nNo `goto` was harmed.',
  );
  await say('Ada', '@grace.hopper please put the figures into the notebook, and *Note G* beside them.', {
    mentions: [idOf('Grace')],
  });
  await say('Grace', 'Done. Table on page 4: https://example.org/notebook/4');
  await say('Ada', 'Write down what it does with its own description.', { thread: question });
  await say('Grace', 'So have I, and it is a moth.', { thread: question });
  for (const who of ['Alan', 'Barbara', 'Ada'])
    await person(who).send(engine, { type: 'react', target: code, emoji: '👏', on: true });
  await person('Grace').send(engine, { type: 'react', target: code, emoji: '🎉', on: true });
  await owner.send(engine, { type: 'pin', target: code, on: true });
  await say('Edsger', '@ada.lovelace shall we print the cards this afternoon?', { mentions: [idOf('Ada')] });

  for (const [name, topic] of [
    ['announcements', 'What everybody should know'],
    ['lunch', 'Where and when'],
  ] as const)
    await owner.send(newConversationId(), { type: 'create', kind: 'channel', name, topic, members });
  const offsite = newConversationId();
  await owner.send(offsite, { type: 'create', kind: 'group', name: 'offsite', members: members.slice(0, 2) });
  await person('Grace').send(offsite, { type: 'post', text: 'I booked the train.' });
  for (const who of ['Grace', 'Alan']) {
    const id = directConversationId(idOf('Ada'), idOf(who));
    await person(who).send(id, { type: 'create', kind: 'direct', members: [idOf('Ada')] });
    await person(who).send(id, { type: 'post', text: 'Have you a minute?' }, { cid: newCid() });
  }
  return {
    engine,
    people,
    async close() {
      await Promise.all([stranger, ...people.values()].map((client) => client.close()));
    },
  };
}
