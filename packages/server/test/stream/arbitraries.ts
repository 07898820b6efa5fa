import { type ConversationCommand, type ConversationKind, conversationKinds, roles } from '@parley/protocol';
import fc from 'fast-check';
import { people } from './people.ts';

/** Who, by number, wishes what. */
export interface Step {
  readonly who: number;
  readonly command: ConversationCommand;
}

const index = fc.nat({ max: people.length - 1 });
const user = index.map((who) => (people[who] ?? people[0]).id);
/** Early seqs, so that most refer to something. */
const seq = fc.integer({ min: 1, max: 25 });
const text = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('tea?', 'yes', '@all come', 'hey @here', '`@all` quoted', 'né 😀') },
  fc.string({ minLength: 0, maxLength: 5 }),
);
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
/** Drops what is undefined, as JSON does. */
const present = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Value;

const post = fc
  .record({
    type: fc.constant('post' as const),
    text,
    replyTo: optional(seq),
    thread: optional(seq),
    mentions: optional(fc.array(user, { maxLength: 3 })),
  })
  .map((command) => present(command) as ConversationCommand);
const one = (command: fc.Arbitrary<ConversationCommand>): fc.Arbitrary<ConversationCommand> => command;
const on = fc.boolean();
const emoji = fc.constantFrom('👍', '❤️', '🎉');
const role = fc.constantFrom(...roles);
const name = fc.constantFrom('tea', 'coffee', 'work');

const messageCommand = fc.oneof(
  { weight: 4, arbitrary: post },
  one(fc.record({ type: fc.constant('edit' as const), target: seq, text })),
  one(fc.record({ type: fc.constant('delete' as const), target: seq })),
  one(fc.record({ type: fc.constant('react' as const), target: seq, emoji, on })),
  one(fc.record({ type: fc.constant('pin' as const), target: seq, on })),
);
const membershipCommand = fc.oneof(
  fc
    .record({
      type: fc.constant('invite' as const),
      users: fc.array(user, { minLength: 1, maxLength: 3 }),
      role: optional(role),
    })
    .map((command) => present(command) as ConversationCommand),
  one(fc.record({ type: fc.constant('join' as const) })),
  one(fc.record({ type: fc.constant('leave' as const) })),
  one(fc.record({ type: fc.constant('remove' as const), user })),
  one(fc.record({ type: fc.constant('setRole' as const), user, role })),
);
const settingCommand = fc.oneof(
  one(fc.record({ type: fc.constant('rename' as const), name })),
  one(fc.record({ type: fc.constant('setTopic' as const), topic: name })),
  one(fc.record({ type: fc.constant('archive' as const), on })),
);

/** Times in the stories go by one millisecond a wish, so these are felt. */
const moderationCommand = fc.oneof(
  one(fc.record({ type: fc.constant('hide' as const), target: seq, on })),
  one(fc.record({ type: fc.constant('silence' as const), user, forMs: fc.constantFrom(0, 5, 1_000) })),
  one(fc.record({ type: fc.constant('ban' as const), user, on })),
  fc
    .record({
      type: fc.constant('setRules' as const),
      slowModeMs: optional(fc.constantFrom(0, 10)),
      readOnly: optional(on),
      approval: optional(on),
    })
    .map((command) => present(command) as ConversationCommand),
  one(fc.record({ type: fc.constant('admit' as const), user, on })),
);

/** Whatever anybody might wish after the conversation was made, sensible or not. */
const steps = fc.array(
  fc.record({
    who: index,
    command: fc.oneof(
      { weight: 5, arbitrary: messageCommand },
      { weight: 4, arbitrary: membershipCommand },
      { weight: 1, arbitrary: settingCommand },
      { weight: 2, arbitrary: moderationCommand },
    ),
  }),
  // Else fast-check keeps lists near ten.
  { maxLength: 60, size: 'max' },
);

/** A conversation from its making on: made by the first person, with some of the others. */
export const storyOf = (kinds: readonly ConversationKind[]) =>
  fc
    .record({ kind: fc.constantFrom(...kinds), members: fc.subarray(people.slice(1).map(({ id }) => id)), steps })
    .map(({ kind, members, steps: rest }): { kind: ConversationKind; steps: readonly Step[] } => ({
      kind,
      steps: [
        {
          who: 0,
          command:
            kind === 'direct'
              ? { type: 'create', kind, members: [people[1].id] }
              : { type: 'create', kind, name: 'tea', members },
        },
        ...rest,
      ],
    }));
export const story = storyOf(conversationKinds);
