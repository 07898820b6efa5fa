import type { Channel, ChannelModel } from 'amqplib';
import { EngineError } from '../../patience.ts';
import { openChannel } from './connection.ts';

/** The names of an installation. */
export interface Topology {
  /** Commands of a partition: a quorum queue with a single active consumer. */
  readonly logQueue: (partition: number) => string;
  /** Messages to nodes: a direct exchange, and an exclusive queue of each node that goes with its connection. */
  readonly inboxes: string;
  /** Beats of the nodes: a fan-out to an exclusive queue of each. */
  readonly beats: string;
}

export const topologyOf = (prefix: string): Topology => ({
  logQueue: (partition) => `${prefix}.log.${partition}`,
  inboxes: `${prefix}.inboxes`,
  beats: `${prefix}.beats`,
});

/**
 * Makes what is missing.
 * @throws EngineError when the log has another number of partitions than is configured
 */
export async function makeTopology(
  model: ChannelModel,
  topology: Topology,
  partitions: number,
  engine: string,
): Promise<void> {
  const { logQueue, beats, inboxes } = topology;
  if (await exists(model, logQueue(0))) await checkPartitions(model, topology, partitions, engine);
  const channel = await openChannel(model);
  try {
    await channel.assertExchange(beats, 'fanout', { durable: false });
    await channel.assertExchange(inboxes, 'direct', { durable: false });
    // The first one last: where it is, the log is complete, and what was left half made is made whole by the next start.
    for (let partition = partitions - 1; partition >= 0; partition--) await makeLogQueue(channel, logQueue(partition));
  } finally {
    await channel.close().catch(() => undefined);
  }
}

async function makeLogQueue(channel: Channel, queue: string): Promise<void> {
  const major = Number(channel.connection.serverProperties.version.split('.')[0]);
  await channel.assertQueue(queue, {
    durable: true,
    arguments: {
      'x-queue-type': 'quorum',
      'x-single-active-consumer': true,
      // From 4.0 on a message that was delivered 20 times is dropped, unless told otherwise. Ours counts as consumed or comes again.
      ...(major >= 4 ? { 'x-delivery-limit': -1 } : {}),
    },
  });
}

async function checkPartitions(
  model: ChannelModel,
  { logQueue }: Topology,
  partitions: number,
  engine: string,
): Promise<void> {
  const hasLast = await exists(model, logQueue(partitions - 1));
  const hasMore = await exists(model, logQueue(partitions));
  if (hasLast && !hasMore) return;
  let actual = 1;
  while (await exists(model, logQueue(actual))) actual++;
  throw new EngineError(
    `${engine} has a log of ${actual} partitions (queues ${logQueue(0)} to ${logQueue(actual - 1)}), but ${partitions} are configured. They are fixed at installation: set --partitions ${actual}, or give a fresh ?prefix= in the URL.`,
  );
}

/** Asking for a queue that is not there ends the channel, so each question has its own. */
async function exists(model: ChannelModel, queue: string): Promise<boolean> {
  const channel = await openChannel(model);
  try {
    await channel.checkQueue(queue);
    await channel.close();
    return true;
  } catch (error) {
    if (error instanceof Error && /NOT[_-]FOUND/.test(error.message)) return false;
    throw error;
  }
}
