import { type ClientCommand, type ConversationId, ParleyError } from '@parley/client';
import type { Recorder } from '../history.ts';
import type { Random } from '../random.ts';
import type { Member } from './member.ts';
import type { World } from './setup.ts';

/** An attempt waits so long for a server that is away; without an answer it says nothing. */
const patienceMs = 20_000;

/** Something that must be refused, whoever is asked. */
interface Attempt {
  readonly what: string;
  readonly by: Member;
  readonly in: ConversationId;
  readonly how: ClientCommand | 'events' | 'messages';
}

/** Tries it, and writes down whether it was refused. */
export async function trespass({ what, by, in: stream, how }: Attempt, recorder: Recorder): Promise<void> {
  const outcome = await attempt(by, stream, how).then(
    () => 'allowed' as const,
    (error: unknown) => (error instanceof ParleyError && !error.retryable ? ('refused' as const) : undefined),
  );
  if (outcome !== undefined) recorder.forbidden.push({ what: `${what} in ${stream}`, outcome });
}

/** One of all that people may not do in conversations whose members they are, or are not. */
export function forbiddenIn({ groups, room, outsider }: World, random: Random): Attempt {
  const { id } = random.pick(groups);
  const [member, other] = random.shuffle(room.members);
  const strange = (what: string, how: Attempt['how']): Attempt => ({ what, by: outsider, in: id, how });
  const attempts = [
    strange('a post by an outsider', { type: 'post', text: 'I should not be here' }),
    strange('a reaction by an outsider', { type: 'react', target: 2, emoji: '👍', on: true }),
    strange('an outsider inviting itself', { type: 'invite', users: [outsider.user] }),
    strange('an outsider reading events', 'events'),
    strange('an outsider reading messages', 'messages'),
  ];
  if (member === undefined || other === undefined) return random.pick(attempts);
  const low = (what: string, how: Attempt['how']): Attempt => ({ what, by: member, in: room.id, how });
  attempts.push(
    low('a member renaming', { type: 'rename', name: 'mine' }),
    low('a member removing another', { type: 'remove', user: other.user }),
    low('a member making itself a moderator', { type: 'setRole', user: member.user, role: 'moderator' }),
  );
  const target = other.somePost(room.id);
  if (target !== undefined)
    attempts.push(
      low("a member editing another's message", { type: 'edit', target, text: 'never said' }),
      low("a member deleting another's message", { type: 'delete', target }),
    );
  return random.pick(attempts);
}

/** What somebody may not do from the moment on at which others put them out. */
export const forbiddenAfterRemoval = (member: Member, stream: ConversationId): readonly Attempt[] => [
  { what: `a post by ${member.name}, who had been put out,`, by: member, in: stream, how: { type: 'post', text: '?' } },
  { what: `${member.name}, who had been put out, reading events`, by: member, in: stream, how: 'events' },
];

async function attempt(member: Member, stream: ConversationId, how: Attempt['how']): Promise<void> {
  if (typeof how !== 'string') {
    await member.request(stream, how, AbortSignal.timeout(patienceMs));
    return;
  }
  const { rest } = member;
  if (rest === undefined) throw new ParleyError('unavailable');
  await (how === 'events' ? rest.events(stream) : rest.messages(stream));
}
