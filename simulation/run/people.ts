import {
  type ConversationId,
  directConversationId,
  type IdSource,
  isConversationStream,
  newConversationId,
  newUserId,
  type StreamId,
  type UserId,
} from '@parley/protocol';
import type { Recorder } from '../../packages/cli/src/verify/history.ts';
import type { Random } from '../../packages/cli/src/verify/random.ts';
import type { Safeguards } from '../../packages/client/src/safeguards.ts';
import type { Principal } from '../../packages/server/src/gateway/port.ts';
import { Device } from '../clients/device.ts';
import type { Cluster } from '../nodes/cluster.ts';

const people = 16;
/** People with a second device: together 20 clients. */
const withTwoDevices = 4;

/** Who is there, by token; everybody's first device is in the order of `users`. */
export interface Population {
  readonly users: readonly UserId[];
  readonly principals: ReadonlyMap<string, Principal>;
}

/** A conversation of a run. */
export interface Place {
  readonly id: ConversationId;
  readonly kind: 'direct' | 'group' | 'channel';
  readonly owner: Device;
  /** Who is in it from the beginning, the owner included. */
  readonly members: readonly Device[];
  /** Whether people come and go; elsewhere whoever is not a member never will be. */
  readonly isRevolving: boolean;
}

export function populate(ids: IdSource): Population {
  const users = Array.from({ length: people }, () => newUserId(ids));
  const principals = new Map(
    users.map((user, index) => [
      `token-${index}`,
      { user, session: `session-${index}`, serverRole: 'member' as const },
    ]),
  );
  return { users, principals };
}

/** 20 devices of 16 people. */
export function devicesOf(options: {
  readonly population: Population;
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly safeguards: Safeguards;
  readonly holdsBack: boolean;
  readonly random: Random;
  readonly onEnded: (user: UserId, stream: StreamId, head: number) => void;
}): readonly Device[] {
  const { population, random, onEnded, ...shared } = options;
  return Array.from(population.principals, ([token, principal], index) => ({ token, principal, index })).flatMap(
    ({ token, principal, index }) =>
      Array.from({ length: index < withTwoDevices ? 2 : 1 }, (_, second) => {
        // One device in four shows badges only, of some conversations.
        const badges = random.chance(0.25) ? random.next() : 0;
        const browses = random.chance(0.5);
        return new Device({
          ...shared,
          token,
          principal,
          browses,
          name: `person${index + 1}${second === 0 ? '' : 'b'}`,
          levelOf: (stream) => (isConversationStream(stream) && spread(stream) < badges * 0.6 ? 'head' : 'full'),
          onEnded: (stream, head) => onEnded(principal.user, stream, head),
        });
      }),
  );
}

/** Conversations and who makes them: private groups, a direct one, a channel, and a group whose members come and go. */
export function placesOf(devices: readonly Device[], ids: IdSource, random: Random): readonly Place[] {
  const people = [...new Map(devices.map((device) => [device.user, device])).values()];
  const some = (from: number, to: number): Device[] => random.shuffle(people).slice(0, random.between(from, to));
  const place = (kind: 'group' | 'channel', members: readonly Device[], isRevolving: boolean): Place[] => {
    const [owner] = members;
    return owner === undefined ? [] : [{ id: newConversationId(ids), kind, owner, members, isRevolving }];
  };
  const [first, second] = some(2, 2);
  return [
    ...place('group', some(8, 12), false),
    ...place('group', some(2, 5), false),
    ...place('group', some(2, 4), false),
    ...place('group', some(3, 5), true),
    ...place('channel', some(2, 4), true),
    ...(first === undefined || second === undefined
      ? []
      : [
          {
            id: directConversationId(first.user, second.user),
            kind: 'direct' as const,
            owner: first,
            members: [first, second],
            isRevolving: false,
          },
        ]),
  ];
}

/** A number from 0 up to 1 that belongs to a stream. */
const spread = (stream: StreamId): number => (stream.charCodeAt(stream.length - 3) % 16) / 16;
