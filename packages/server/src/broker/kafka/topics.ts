import type { Admin } from '@platformatic/kafka';
import { EngineError } from '../../patience.ts';
import { closeClient, hasError, type KafkaClients } from './client.ts';

/** The topics of an installation. */
export interface Topics {
  /** Commands; one partition of ours is one of the topic. */
  readonly log: string;
  /** Messages to nodes, each in the partition that its name hashes to. */
  readonly inboxes: string;
  /** Beats of the nodes, in one partition. */
  readonly beats: string;
}

export const topicsOf = (prefix: string): Topics => ({
  log: `${prefix}.log`,
  inboxes: `${prefix}.inboxes`,
  beats: `${prefix}.beats`,
});

const hourMs = 3_600_000;
/**
 * Less than the seven days after which Kafka forgets the offset of a partition where nothing is committed: so whoever finds no
 * offset finds no old records either.
 */
const logRetentionMs = 6 * 24 * hourMs;
/** Inboxes and beats are read as they come; what is kept is only what Kafka keeps at least. */
const shortRetention = { 'retention.ms': '60000', 'segment.ms': '60000', 'segment.bytes': '16777216' };
const log = { 'retention.ms': String(logRetentionMs), 'max.message.bytes': '8388608', 'compression.type': 'producer' };

/**
 * Makes the topics where they are missing.
 * @throws EngineError when the log has another number of partitions than is configured
 */
export async function makeTopics(clients: KafkaClients, partitions: number): Promise<Topics> {
  const { prefix, replicas, inboxes } = clients.settings;
  const topics = topicsOf(prefix);
  const admin = clients.admin();
  try {
    // Two in-sync copies at least, where there are three: what is acknowledged outlives a broker.
    const safe: Record<string, string> = (replicas ?? 1) >= 3 ? { 'min.insync.replicas': '2' } : {};
    const messages = { ...shortRetention, 'max.message.bytes': '8388608' };
    await Promise.all([
      make(admin, topics.log, partitions, replicas, { ...log, ...safe }),
      make(admin, topics.inboxes, inboxes, replicas, messages),
      make(admin, topics.beats, 1, replicas, shortRetention),
    ]);
    const actual = await countPartitions(admin, topics);
    if (actual !== partitions) {
      throw new EngineError(
        `${clients.engine} has the topic ${topics.log} with ${actual} partitions, but ${partitions} are configured. They are fixed at installation: set --partitions ${actual}, or give a fresh prefix in the URL.`,
      );
    }
    return topics;
  } finally {
    await closeClient(admin);
  }
}

/** A topic that was just made may be unknown for a moment to the broker that is asked. */
async function countPartitions(admin: Admin, { log, inboxes, beats }: Topics): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { topics } = await admin.metadata({ topics: [log, inboxes, beats], forceUpdate: true });
      return topics.get(log)?.partitionsCount ?? 0;
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function make(
  admin: Admin,
  topic: string,
  partitions: number,
  replicas: number | undefined,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const configs = Object.entries(settings).map(([name, value]) => ({ name, value }));
  try {
    await admin.createTopics({ topics: [topic], partitions, replicas: replicas ?? -1, configs });
  } catch (error) {
    if (!hasError(error, 'apiId', 'TOPIC_ALREADY_EXISTS')) throw error;
  }
}
