import type { Log } from '../../log.ts';
import { EngineError, reasonOf, untilReachable } from '../../patience.ts';
import type { Broker } from '../port.ts';
import { Subscriptions } from '../subscriptions.ts';
import { closeClient, explain, KafkaClients } from './client.ts';
import { KafkaInboxes } from './inboxes.ts';
import { KafkaLog } from './log.ts';
import { KafkaMembers } from './members.ts';
import { makeTopics } from './topics.ts';
import { parseKafkaUrl } from './url.ts';

export interface KafkaBrokerOptions {
  /** Partitions of the log; fixed at installation, checked against the topic. */
  readonly partitions: number;
  readonly log: Log;
  /** Longest time to wait for brokers that cannot be reached. Default 60 s. */
  readonly startWithinMs?: number;
}

/**
 * One node's access to Kafka 3.5 or later; makes the topics where they are missing.
 * @throws EngineError: unreachable, wrong credentials, missing rights, another number of partitions, a URL that cannot be read
 */
export async function openKafkaBroker(url: string, options: KafkaBrokerOptions): Promise<Broker> {
  const clients = new KafkaClients(parseKafkaUrl(url));
  const { engine } = clients;
  const { partitions, log } = options;
  const topics = await untilReachable({ ...options, engine }, async () => {
    try {
      return await makeTopics(clients, partitions);
    } catch (error) {
      throw explain(engine, error);
    }
  });
  const producer = clients.plainProducer();
  const members = new KafkaMembers({ clients, topic: topics.beats, producer, log });
  await untilReachable({ ...options, engine }, () => members.open());
  const { heartbeats } = members;
  const commands = new KafkaLog({ clients, topic: topics.log, partitions, heartbeats, log });
  const inboxes = new KafkaInboxes({ clients, topic: topics.inboxes, producer, log });
  const subscriptions = new Subscriptions();
  return {
    partitions,
    durable: true,
    publish: (partition, payloads) => commands.publish(partition, payloads),
    consume: (consumer, how) => subscriptions.keep(commands.consume(consumer, how)),
    isLeftOut: () => heartbeats.isLeftOut,
    // A broker that goes away while a node starts is waited for here as well: the node would end otherwise.
    openInbox: (node, receive) =>
      subscriptions.keep(untilReachable({ ...options, engine }, () => inboxes.open(node, receive))),
    send: (node, payload) => inboxes.send(node, payload),
    join: (member) => Promise.resolve(heartbeats.join(member)),
    watchMembers: (changed) => Promise.resolve(heartbeats.watch(changed)),
    async check() {
      try {
        await producer.metadata({ topics: [topics.log], forceUpdate: true, retries: 0 });
      } catch (cause) {
        throw new EngineError(`${engine} does not answer: ${reasonOf(cause)}.`, { cause });
      }
    },
    async close() {
      await subscriptions.closeAll();
      await commands.close();
      await members.close();
      await closeClient(producer);
    },
  };
}
