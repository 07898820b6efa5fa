import type { Broker } from '../port.ts';
import { MemoryInboxes } from './inboxes.ts';
import { MemoryLog } from './log.ts';
import { MemoryMembers } from './members.ts';

export interface MemoryBrokerOptions {
  /** Partitions of the log. Default 64. */
  readonly partitions?: number;
  /** Records waiting in one partition above which `publish` answers `unavailable`. Default 10,000. */
  readonly maxQueued?: number;
}

/** The engine: shared by all nodes of a process. */
export interface MemoryBroker {
  /** One node's access. */
  connect(): Broker;
}

/** A broker in this process's memory: fast, and gone with the process, so nothing is acknowledged on its word. */
export function createMemoryBroker({ partitions = 64, maxQueued = 10_000 }: MemoryBrokerOptions = {}): MemoryBroker {
  const log = new MemoryLog(partitions, maxQueued);
  const inboxes = new MemoryInboxes();
  const members = new MemoryMembers();
  return {
    connect: () => ({
      partitions,
      durable: false,
      carriesValues: true,
      publish: (partition, payloads) => log.publish(partition, payloads),
      consume: (consumer, { maxBatch }) => log.consume(consumer, maxBatch),
      openInbox: (node, receive) => inboxes.open(node, receive),
      send: (node, payload) => inboxes.send(node, payload),
      join: (member) => members.join(member),
      watchMembers: (changed) => members.watch(changed),
      check: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
  };
}
