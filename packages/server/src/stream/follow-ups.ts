import { type Cid, isConversationStream, type StreamEvent, type SystemCommand, type UserId } from '@parley/protocol';
import type { ConversationState, FollowUp, Rows, StreamState } from './types.ts';

/**
 * What an event of a conversation brings about in people's own streams. Each effect's cid is derived from the event, so
 * that carrying it out again changes nothing; an effect that a later event has overtaken (invited, then removed) is left out.
 * @param state the state after the event, or a later one where effects are repeated
 * @param rows message rows after the event: its own, its target's and its thread root's
 */
export function followUps(state: StreamState, event: StreamEvent, rows: Rows): readonly FollowUp[] {
  if (state.type !== 'conversation' || !isConversationStream(state.stream)) return [];
  switch (event.type) {
    case 'created':
    case 'membersAdded':
      return event.members.flatMap(({ user }) =>
        state.members.get(user)?.since !== event.seq
          ? []
          : effect(state, event, user, 'a', {
              type: 'addConversation',
              conversation: state.stream,
              kind: state.kind,
              by: event.actor,
              at: event.seq,
            }),
      );
    case 'memberRemoved':
      if (state.members.has(event.user)) return [];
      return [
        effect(state, event, event.user, 'r', {
          type: 'removeConversation',
          conversation: state.stream,
          by: event.actor,
          at: event.seq,
        }),
      ];
    case 'posted':
      return [...mentioned(state, event, event.seq, event.thread), ...threadFollowers(state, event, rows)];
    case 'edited':
      return mentioned(state, event, event.target, rows.get(event.target)?.thread);
    default:
      return [];
  }
}

function mentioned(
  state: ConversationState,
  event: Extract<StreamEvent, { type: 'posted' | 'edited' }>,
  seq: number,
  thread: number | undefined,
): FollowUp[] {
  return (event.mentions ?? []).map((user) =>
    effect(state, event, user, 'm', {
      type: 'noteMention',
      conversation: state.stream,
      seq,
      by: event.actor,
      ...(thread === undefined ? {} : { thread }),
    }),
  );
}

/**
 * Whoever answers in a thread follows it, and so does its first author once somebody else has answered: an effect of the
 * thread, not of the answer, since answers come many in a batch and the rows tell only how it ended. Whoever answered
 * first brings it about; that they do so with each of their answers changes nothing.
 */
function threadFollowers(
  state: ConversationState,
  event: Extract<StreamEvent, { type: 'posted' }>,
  rows: Rows,
): FollowUp[] {
  const { thread } = event;
  const root = thread === undefined ? undefined : rows.get(thread);
  if (thread === undefined || root === undefined) return [];
  const follow = (user: UserId, seq: number, kind: string, upTo: number): FollowUp => ({
    ...effect(state, event, user, kind, { type: 'followThread', conversation: state.stream, thread, seq: upTo }),
    cid: cidOf(state, seq, kind),
  });
  const followers = [follow(event.actor, event.seq, 'f', event.seq)];
  if (root.replies?.users[0] === event.actor && root.actor !== event.actor)
    followers.push(follow(root.actor, thread, 't', thread));
  return followers;
}

function effect(
  state: ConversationState,
  event: StreamEvent,
  user: UserId,
  kind: string,
  command: SystemCommand,
): FollowUp {
  return {
    stream: user,
    actor: event.actor,
    serverRole: 'system',
    cid: cidOf(state, event.seq, kind),
    command,
  };
}

const cidOf = ({ stream }: ConversationState, seq: number, kind: string): Cid => `${stream}:${seq}:${kind}` as Cid;
