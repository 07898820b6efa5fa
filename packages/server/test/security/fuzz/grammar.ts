import { newCid, roles } from '@parley/protocol';
import type { Chance } from './random.ts';

/** JSON, to be taken apart. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Ids that exist, for frames that mean something. */
export interface Known {
  readonly conversations: readonly string[];
  readonly people: readonly string[];
}

const texts = [
  'hello',
  '',
  ' ',
  '**bold** `code`',
  '@all',
  'é́́́',
  '👩‍👩‍👧‍👦',
  '\u202eabc',
  '\u0000',
  '\ud800',
  'x'.repeat(20_000),
  '<script>alert(1)</script>',
];

/** Frames as the protocol has them, all kinds alike often. */
export function frame(chance: Chance, known: Known): Json {
  const stream = (): string => chance.of(chance.is(0.8) ? known.conversations : known.people);
  const seq = (): number => chance.below(40);
  switch (chance.below(8)) {
    case 0:
      return { t: 'hello', token: '0', agent: 'fuzz' };
    case 1:
      return { t: 'ping', id: chance.below(1_000) };
    case 2:
      return {
        t: 'watch',
        id: chance.below(1_000),
        streams: Array.from({ length: 1 + chance.below(4) }, () => ({
          stream: stream(),
          level: chance.of(['full', 'head']),
          ...(chance.is(0.5) ? { after: seq() } : {}),
        })),
      };
    case 3:
      return { t: 'unwatch', streams: [stream()] };
    case 4:
      return { t: 'faces', users: [...known.people] };
    case 5:
      return {
        t: 'signal',
        stream: stream(),
        signal: chance.of<Json>([
          { type: 'typing', on: true },
          { type: 'presence', state: 'away' },
        ]),
      };
    default:
      return { t: 'send', stream: stream(), cid: newCid(), command: command(chance, known, seq) };
  }
}

function command(chance: Chance, { conversations, people }: Known, seq: () => number): Json {
  const text = chance.of(texts);
  const user = (): string => chance.of(people);
  return chance.of<() => Json>([
    () => ({ type: 'create', kind: chance.of(['group', 'channel', 'direct']), name: text, members: [user()] }),
    () => ({ type: 'post', text }),
    () => ({ type: 'post', text, replyTo: seq(), thread: seq(), mentions: [user()] }),
    () => ({ type: 'edit', target: seq(), text }),
    () => ({ type: 'delete', target: seq() }),
    () => ({ type: 'react', target: seq(), emoji: text, on: chance.is(0.5) }),
    () => ({ type: 'pin', target: seq(), on: chance.is(0.5) }),
    () => ({ type: 'rename', name: text }),
    () => ({ type: 'setTopic', topic: text }),
    () => ({ type: 'archive', on: false }),
    () => ({ type: 'invite', users: [user()], role: chance.of(roles) }),
    () => ({ type: 'join' }),
    () => ({ type: 'setRole', user: user(), role: chance.of(roles) }),
    () => ({ type: 'hide', target: seq(), on: chance.is(0.5) }),
    () => ({ type: 'silence', user: user(), forMs: chance.below(10_000) }),
    () => ({ type: 'ban', user: user(), on: chance.is(0.2) }),
    () => ({ type: 'setRules', slowModeMs: chance.below(3), readOnly: chance.is(0.1), approval: chance.is(0.5) }),
    () => ({ type: 'admit', user: user(), on: chance.is(0.5) }),
    () => ({ type: 'markRead', conversation: chance.of(conversations), seq: seq() }),
    () => ({ type: 'setPreference', key: text.slice(0, 64), value: { deep: [1, { er: text }] } }),
    () => ({ type: 'mute', conversation: chance.of(conversations), on: chance.is(0.5) }),
    // Those that only the server itself may send.
    () => ({ type: 'addConversation', conversation: chance.of(conversations), kind: 'group', by: user(), at: seq() }),
    () => ({ type: 'noteMention', conversation: chance.of(conversations), seq: seq(), by: user() }),
  ])();
}
